import { type FormEvent, useState } from "react";
import { Dialog } from "../../app/dialog";
import { graphql } from "../../app/graphql";
import { useText } from "../../app/text/language";
import { formatDateTime } from "../../app/time";
import { useOperation } from "../../app/use-operation";
import type { TimelineEntry } from "./timeline-entry";

const RetractEntry = graphql(`
  mutation RetractEntry($input: RetractEntryInput!) {
    retractEntry(input: $input) {
      __typename
      ... on EntryCorrected { projected entryId }
      ... on Refusal { code message field }
    }
  }
`);

type CorrectDialogProps = { entry: TimelineEntry; onDone: () => void; onClose: () => void };

export function CorrectDialog({ entry, onDone, onClose }: CorrectDialogProps) {
  const text = useText();
  const [reason, setReason] = useState("");
  const { busy, failure, send } = useOperation(RetractEntry, (data) => data.retractEntry);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (await send({ entryId: entry.id, reason: reason.trim() })) onDone();
  }

  return (
    <Dialog title={text.timeline.correctTitle} onClose={onClose}>
      <form className="dialog-body" onSubmit={submit}>
        <p>
          <strong>{entry.title}</strong>
          <br />
          <span className="muted">{formatDateTime(entry.occurredAt, text.locale)}</span>
        </p>
        <p>{text.timeline.correctLead}</p>
        <label className="field">
          <span>{text.timeline.correctReason}</span>
          <input
            required
            maxLength={500}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        </label>
        {failure && (
          <p className="problem" role="alert">
            {failure}
          </p>
        )}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {text.app.cancel}
          </button>
          <button type="submit" className="button danger" disabled={busy || !reason.trim()}>
            {text.timeline.correctSubmit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
