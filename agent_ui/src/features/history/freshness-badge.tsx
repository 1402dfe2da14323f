import { Icon } from "../../app/icon";
import type { LiveStatus } from "../../app/live/live-connection";
import { useText } from "../../app/text/language";
import type { Dictionary } from "../../app/text/pt";
import { formatTime } from "../../app/time";
import type { TimelinePage } from "./timeline-entry";

/** Up to this the search index counts as up to date: it is the time a refresh takes, and the page has the rest. */
export const NORMAL_LAG = 2000;

type FreshnessBadgeProps = { freshness: TimelinePage["freshness"]; live: LiveStatus };

/** How old what is on the screen can be. Only while updates arrive is it of now. */
export function FreshnessBadge({ freshness, live }: FreshnessBadgeProps) {
  const text = useText();
  const cut = live.kind === "late" || live.kind === "reconnecting";
  const warn = cut || freshness.degraded || freshness.indexLagMs > NORMAL_LAG;
  return (
    <span className={warn ? "badge warn" : "badge"}>
      <Icon name={warn ? "warning" : "clock"} />
      {inWords(freshness, cut, text)}
    </span>
  );
}

function inWords(freshness: TimelinePage["freshness"], cut: boolean, text: Dictionary): string {
  if (cut) return text.freshness.asOf(formatTime(freshness.asOf, text.locale));
  if (freshness.degraded) return text.freshness.degraded;
  if (freshness.indexLagMs <= NORMAL_LAG) return text.freshness.now;
  return text.freshness.lag(Math.round(freshness.indexLagMs / 1000));
}
