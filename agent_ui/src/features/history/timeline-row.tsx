import { memo } from "react";
import { channelIcon, Icon } from "../../app/icon";
import { useText } from "../../app/text/language";
import { formatDate, formatTime } from "../../app/time";
import { EntryFacts } from "./entry-facts";
import { EntryStates } from "./entry-states";
import type { TimelineEntry } from "./timeline-entry";

type TimelineRowProps = {
  entry: TimelineEntry;
  onDocument: (documentId: string) => void;
  onCorrect: (entry: TimelineEntry) => void;
};

export const TimelineRow = memo(function TimelineRow({ entry, onDocument, onCorrect }: TimelineRowProps) {
  const text = useText();
  return (
    <li className="entry" data-entry={entry.id}>
      <span className={`entry-icon channel-${entry.channel.toLowerCase()}`}>
        <Icon name={channelIcon(entry.channel)} />
      </span>
      <article className="entry-main">
        <p className="entry-line">
          <span className="entry-channel">{text.channel[entry.channel] ?? entry.channel}</span>
          {entry.direction && (
            <span className="entry-direction">
              <Icon name={entry.direction === "INBOUND" ? "in" : "out"} />
              {text.direction[entry.direction]}
            </span>
          )}
          <EntryStates entry={entry} />
          <time className="entry-time" dateTime={entry.occurredAt}>
            {formatDate(entry.occurredAt, text.locale)}{" "}
            <strong>{formatTime(entry.occurredAt, text.locale)}</strong>
          </time>
        </p>
        <h4 className="entry-title">{entry.title}</h4>
        {entry.summary && <p className="entry-summary">{entry.summary}</p>}
        <div className="entry-foot">
          <EntryFacts entry={entry} />
          {entry.__typename === "DocumentEntry" && (
            <button type="button" className="link-button" onClick={() => onDocument(entry.documentId)}>
              <Icon name="document" /> {text.timeline.openDocument}
            </button>
          )}
          {entry.retractable && (
            <button type="button" className="link-button quiet" onClick={() => onCorrect(entry)}>
              {text.timeline.correct}
              <span className="visually-hidden">: {entry.title}</span>
            </button>
          )}
        </div>
      </article>
    </li>
  );
});
