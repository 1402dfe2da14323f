import { useText } from "./text/language";

/** Shown in place of a screen whose code failed; the rest of the console goes on working. */
export function BrokenPage() {
  const text = useText();
  return (
    <div className="page-status" role="alert">
      <h1>{text.app.brokenTitle}</h1>
      <p>{text.app.brokenBody}</p>
      <button type="button" className="button primary" onClick={() => location.reload()}>
        {text.app.reload}
      </button>
    </div>
  );
}
