import { Link } from "@tanstack/react-router";
import { useText } from "./text/language";

export function NotFoundPage() {
  const text = useText();
  return (
    <div className="page-status">
      <h1>{text.app.notFoundTitle}</h1>
      <p>{text.app.notFoundBody}</p>
      <Link to="/" className="button primary">
        {text.app.home}
      </Link>
    </div>
  );
}
