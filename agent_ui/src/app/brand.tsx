import { useText } from "./text/language";

export function Brand() {
  const text = useText();
  return (
    <span className="brand">
      <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <circle className="brand-ring" cx="16" cy="16" r="11" />
        <circle className="brand-dot" cx="16" cy="16" r="4" />
      </svg>
      <span>{text.app.name}</span>
    </span>
  );
}
