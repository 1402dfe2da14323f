import { useEffect, useRef, useState } from "react";
import { errorText } from "../../app/error-text";
import { useText } from "../../app/text/language";
import { ChannelFilter } from "./channel-filter";
import { CorrectDialog } from "./correct-dialog";
import { NewEntries } from "./new-entries";
import { TimelineDay } from "./timeline-day";
import { groupByDay } from "./timeline-days";
import type { TimelineEntry } from "./timeline-entry";
import type { TimelineFilter } from "./timeline-filter";
import { TimelineSearch } from "./timeline-search";
import type { Timeline } from "./use-timeline";
import "./timeline.css";

type TimelinePaneProps = {
  timeline: Timeline;
  filter: TimelineFilter;
  onWords: (words: string) => void;
  onDocument: (documentId: string) => void;
};

export function TimelinePane({ timeline, filter, onWords, onDocument }: TimelinePaneProps) {
  const text = useText();
  const [correcting, setCorrecting] = useState<TimelineEntry>();
  const filtered = filter.channels.length > 0 || filter.text !== "";
  const days = groupByDay(timeline.shown);
  return (
    <section className="timeline" aria-labelledby="timeline-title" aria-busy={timeline.loading !== "no"}>
      <div className="timeline-tools">
        <div className="pane-head">
          <h2 id="timeline-title" tabIndex={-1}>
            {text.timeline.title}
          </h2>
          <TimelineSearch value={filter.text} onChange={onWords} />
        </div>
        <ChannelFilter facets={timeline.facets} chosen={filter.channels} />
      </div>
      <NewEntries count={timeline.waiting.length} onShow={timeline.showWaiting} />
      {timeline.error && (
        <div className="problem" role="alert">
          {errorText(timeline.error, text)}{" "}
          <button type="button" className="button small" onClick={timeline.retry}>
            {text.app.retry}
          </button>
        </div>
      )}
      <div className={timeline.loading === "first" ? "timeline-days dimmed" : "timeline-days"}>
        {days.map((day) => (
          <TimelineDay
            key={day.key}
            entries={day.entries}
            onDocument={onDocument}
            onCorrect={setCorrecting}
          />
        ))}
      </div>
      {days.length === 0 && timeline.loading === "no" && !timeline.error && (
        <p className="muted empty">{filtered ? text.timeline.emptyFiltered : text.timeline.empty}</p>
      )}
      <TimelineEnd timeline={timeline} />
      {correcting && (
        <CorrectDialog
          entry={correcting}
          onDone={() => {
            setCorrecting(undefined);
            timeline.expectNew();
          }}
          onClose={() => setCorrecting(undefined)}
        />
      )}
    </section>
  );
}

/** Loads the next page when it comes near the view; the button is there for keyboards and for after a failure. */
function TimelineEnd({ timeline }: { timeline: Timeline }) {
  const text = useText();
  const sentinel = useRef<HTMLDivElement>(null);
  const { loadMore, loading, hasNextPage, error, shown } = timeline;
  const ready = hasNextPage && loading === "no" && !error;
  useEffect(() => {
    const element = sentinel.current;
    if (!ready || !element) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && loadMore(), {
      rootMargin: "600px",
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [ready, loadMore]);
  if (!hasNextPage)
    return shown.length > 0 ? <p className="timeline-end muted small">{text.timeline.end}</p> : null;
  return (
    <div className="timeline-end" ref={sentinel}>
      <button type="button" className="button" disabled={loading !== "no"} onClick={loadMore}>
        {loading === "more" ? text.timeline.loadingMore : text.timeline.loadMore}
      </button>
    </div>
  );
}
