import { useText } from "../../app/text/language";
import type { Dictionary } from "../../app/text/pt";
import { formatDuration, secondsBetween } from "../../app/time";
import type { TimelineEntry } from "./timeline-entry";

/** The small print of an entry: who, where from, how long, and what is odd about its time. */
export function EntryFacts({ entry }: { entry: TimelineEntry }) {
  const text = useText();
  const facts = [...ownFacts(entry, text), sourceText(entry.source, text)];
  return (
    <>
      {entry.timeFlag && (
        <span className="chip warn">
          {entry.timeFlag === "APPROXIMATE" ? text.timeline.approximate : text.timeline.future}
        </span>
      )}
      <ul className="entry-facts">
        {facts.map((fact) => (
          <li key={fact}>{fact}</li>
        ))}
      </ul>
    </>
  );
}

/** What people and rules of this very service recorded has a source nobody need read. */
const OWN_SOURCE = "c360:";

function sourceText(source: string, text: Dictionary): string {
  return source.startsWith(OWN_SOURCE) ? text.timeline.ownSource : text.timeline.source(source);
}

function ownFacts(entry: TimelineEntry, text: Dictionary): string[] {
  const say = text.timeline;
  switch (entry.__typename) {
    case "InteractionEntry":
      return [
        entry.reason && say.reason(entry.reason),
        entry.disposition && say.disposition(entry.disposition),
        entry.agent && say.agent(entry.agent),
        entry.queue && say.queue(entry.queue),
        entry.startedAt && entry.endedAt && say.duration(length(entry.startedAt, entry.endedAt)),
        entry.protocol && say.protocol(entry.protocol),
      ].filter((fact): fact is string => !!fact);
    case "MessageEntry":
      return entry.campaign ? [say.campaign(entry.campaign)] : [];
    case "NoteEntry":
      return entry.agent ? [say.agent(entry.agent)] : [];
    case "FactEntry":
      return entry.details.map((detail) => `${detail.name}: ${detail.value}`);
    default:
      return [];
  }
}

function length(startedAt: string, endedAt: string): string {
  return formatDuration(secondsBetween(startedAt, endedAt));
}
