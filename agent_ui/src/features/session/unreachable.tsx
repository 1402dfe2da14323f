import { restoreSession } from "../../app/session";
import { useText } from "../../app/text/language";

export function Unreachable() {
  const text = useText();
  return (
    <main className="page-status" role="alert">
      <h1>{text.app.unreachableTitle}</h1>
      <p>{text.app.unreachableBody}</p>
      <button type="button" className="button primary" onClick={() => void restoreSession()}>
        {text.app.retry}
      </button>
    </main>
  );
}
