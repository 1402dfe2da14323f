import { memo } from "react";
import { useText } from "../../app/text/language";
import { dayKey, formatDay } from "../../app/time";
import type { TimelineEntry } from "./timeline-entry";
import { TimelineRow } from "./timeline-row";

type TimelineDayProps = {
  entries: readonly TimelineEntry[];
  onDocument: (documentId: string) => void;
  onCorrect: (entry: TimelineEntry) => void;
};

export const TimelineDay = memo(function TimelineDay({ entries, onDocument, onCorrect }: TimelineDayProps) {
  const text = useText();
  const first = entries[0];
  if (!first) return null;
  const near = nearDay(first.occurredAt);
  return (
    <section className="day">
      <h3>
        {near && <strong>{text.timeline[near]}, </strong>}
        {formatDay(first.occurredAt, text.locale)}
      </h3>
      <ol>
        {entries.map((entry) => (
          <TimelineRow key={entry.id} entry={entry} onDocument={onDocument} onCorrect={onCorrect} />
        ))}
      </ol>
    </section>
  );
}, sameEntries);

/** Days are grouped anew at each change; only those whose entries changed are drawn again. */
function sameEntries(before: TimelineDayProps, after: TimelineDayProps): boolean {
  return (
    before.entries.length === after.entries.length &&
    before.entries.every((entry, index) => entry === after.entries[index])
  );
}

function nearDay(iso: string): "today" | "yesterday" | undefined {
  const day = 24 * 60 * 60 * 1000;
  const key = dayKey(iso);
  if (key === dayKey(new Date().toISOString())) return "today";
  return key === dayKey(new Date(Date.now() - day).toISOString()) ? "yesterday" : undefined;
}
