import { type FormEvent, useState } from "react";
import { Dialog } from "../../app/dialog";
import { graphql } from "../../app/graphql";
import { Icon } from "../../app/icon";
import { useText } from "../../app/text/language";
import { useOperation } from "../../app/use-operation";
import { servingChannel } from "../offers/serving-channel";
import type { Channel } from "./timeline-entry";
import { CHANNELS } from "./timeline-filter";

const RecordInteraction = graphql(`
  mutation RecordInteraction($input: RecordInteractionInput!) {
    recordInteraction(input: $input) {
      __typename
      ... on EntryRecorded { projected entryId }
      ... on Refusal { code message field }
    }
  }
`);

type Direction = "INBOUND" | "OUTBOUND";
type Words = { title: string; summary: string; reason: string; disposition: string };
const BLANK: Words = { title: "", summary: "", reason: "", disposition: "" };

type InteractionFormProps = { customerId: string; onSaved: () => void };

export function InteractionForm({ customerId, onSaved }: InteractionFormProps) {
  const text = useText();
  const say = text.interaction;
  const [open, setOpen] = useState(false);
  const [done, setDone] = useState(false);
  // Kept while the dialog is closed: closing it by mistake loses nothing.
  const [words, setWords] = useState(BLANK);
  const [channel, setChannel] = useState<Channel>(servingChannel);
  const [direction, setDirection] = useState<Direction>("INBOUND");
  const { busy, failure, send } = useOperation(RecordInteraction, (data) => data.recordInteraction);

  async function submit(event: FormEvent) {
    event.preventDefault();
    const said = Object.fromEntries(Object.entries(words).filter(([, value]) => value.trim()));
    if (!(await send({ customerId, channel, direction, ...said }))) return;
    setWords(BLANK);
    setOpen(false);
    setDone(true);
    onSaved();
  }

  const field = (name: keyof Words, label: string) => (
    <label className="field">
      <span>{label}</span>
      <input
        maxLength={500}
        required={name === "title"}
        value={words[name]}
        onChange={(event) => setWords({ ...words, [name]: event.target.value })}
      />
    </label>
  );

  return (
    <div className="interaction-form">
      <button
        type="button"
        className="button"
        onClick={() => {
          setOpen(true);
          setDone(false);
        }}
      >
        <Icon name="plus" /> {say.open}
      </button>
      <p className="good small" role="status">
        {done && say.saved}
      </p>
      {open && (
        <Dialog title={say.title} onClose={() => setOpen(false)}>
          <form className="dialog-body" onSubmit={submit}>
            <div className="field-pair">
              <label className="field">
                <span>{say.channel}</span>
                <select value={channel} onChange={(event) => setChannel(event.target.value as Channel)}>
                  {CHANNELS.filter((one) => one !== "SYSTEM").map((one) => (
                    <option key={one} value={one}>
                      {text.channel[one]}
                    </option>
                  ))}
                </select>
              </label>
              <label className="field">
                <span>{say.direction}</span>
                <select value={direction} onChange={(event) => setDirection(event.target.value as Direction)}>
                  <option value="INBOUND">{text.direction.INBOUND}</option>
                  <option value="OUTBOUND">{text.direction.OUTBOUND}</option>
                </select>
              </label>
            </div>
            {field("title", say.subject)}
            <label className="field">
              <span>{say.summary}</span>
              <textarea
                rows={3}
                maxLength={10_000}
                value={words.summary}
                onChange={(event) => setWords({ ...words, summary: event.target.value })}
              />
            </label>
            <div className="field-pair">
              {field("reason", say.reason)}
              {field("disposition", say.disposition)}
            </div>
            {failure && (
              <p className="problem" role="alert">
                {failure}
              </p>
            )}
            <div className="dialog-actions">
              <button type="button" className="button" onClick={() => setOpen(false)}>
                {text.app.cancel}
              </button>
              <button type="submit" className="button primary" disabled={busy}>
                {say.submit}
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </div>
  );
}
