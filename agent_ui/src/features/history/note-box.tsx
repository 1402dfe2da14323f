import { type FormEvent, type KeyboardEvent, useState } from "react";
import { graphql } from "../../app/graphql";
import { useText } from "../../app/text/language";
import { useOperation } from "../../app/use-operation";
import { useDraft } from "./use-draft";

const AddNote = graphql(`
  mutation AddNote($input: AddNoteInput!) {
    addNote(input: $input) {
      __typename
      ... on EntryRecorded { projected entryId }
      ... on Refusal { code message field }
    }
  }
`);

type NoteBoxProps = { customerId: string; onSaved: () => void };

export function NoteBox({ customerId, onSaved }: NoteBoxProps) {
  const text = useText();
  const [note, setNote] = useDraft(customerId);
  const [saved, setSaved] = useState<string>();
  const { busy, failure, send } = useOperation(AddNote, (data) => data.addNote);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!note.trim() || busy) return;
    const recorded = await send({ customerId, text: note.trim() });
    if (!recorded) return;
    setNote("");
    setSaved(recorded.projected ? text.note.saved : text.note.savedLater);
    onSaved();
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
  }

  return (
    <section className="pane" aria-labelledby="note-title">
      <div className="pane-head">
        <h2 id="note-title">{text.note.title}</h2>
        <span className="muted small">{text.note.shortcut}</span>
      </div>
      <form onSubmit={submit}>
        <textarea
          aria-label={text.note.label}
          placeholder={text.note.placeholder}
          rows={3}
          maxLength={10_000}
          value={note}
          onKeyDown={onKeyDown}
          onChange={(event) => {
            setNote(event.target.value);
            setSaved(undefined);
          }}
        />
        {failure && (
          <p className="problem" role="alert">
            {failure}
          </p>
        )}
        <div className="form-foot">
          <p className="good small" role="status">
            {saved}
          </p>
          <button type="submit" className="button primary" disabled={busy || !note.trim()}>
            {busy ? text.note.saving : text.note.submit}
          </button>
        </div>
      </form>
    </section>
  );
}
