import type { LiveStatus } from "../../app/live/live-connection";
import { useText } from "../../app/text/language";
import type { Dictionary } from "../../app/text/pt";

export function LiveBadge({ status }: { status: LiveStatus }) {
  const text = useText();
  return (
    <span className={`badge live-${status.kind}`}>
      <span className="live-dot" aria-hidden="true" />
      <span className="visually-hidden">{text.live.label}: </span>
      {inWords(status, text)}
    </span>
  );
}

function inWords(status: LiveStatus, text: Dictionary): string {
  return status.kind === "late" ? text.live.late(status.seconds) : text.live[status.kind];
}
