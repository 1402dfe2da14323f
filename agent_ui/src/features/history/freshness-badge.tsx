import { Icon } from "../../app/icon";
import { useText } from "../../app/text/language";
import type { TimelinePage } from "./timeline-entry";

/** Up to this the search index counts as up to date: it is the time a refresh takes, and the page has the rest. */
const NORMAL_LAG = 2000;

export function FreshnessBadge({ freshness }: { freshness: TimelinePage["freshness"] }) {
  const text = useText();
  const late = freshness.indexLagMs > NORMAL_LAG;
  return (
    <span className={freshness.degraded || late ? "badge warn" : "badge"}>
      <Icon name={freshness.degraded || late ? "warning" : "clock"} />
      {freshness.degraded
        ? text.freshness.degraded
        : late
          ? text.freshness.lag(Math.round(freshness.indexLagMs / 1000))
          : text.freshness.now}
    </span>
  );
}
