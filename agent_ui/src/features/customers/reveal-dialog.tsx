import { type FormEvent, useState } from "react";
import { Dialog } from "../../app/dialog";
import { graphql } from "../../app/graphql";
import { ReasonField } from "../../app/reason-field";
import { useText } from "../../app/text/language";
import { useOperation } from "../../app/use-operation";

const RevealKey = graphql(`
  mutation RevealKey($input: RevealKeyInput!) {
    revealKey(input: $input) {
      __typename
      ... on KeyRevealed { key { id value } }
      ... on Refusal { code message field }
    }
  }
`);

type RevealDialogProps = {
  customerId: string;
  keyId: string;
  kind: string;
  onRevealed: (value: string) => void;
  onClose: () => void;
};

export function RevealDialog({ customerId, keyId, kind, onRevealed, onClose }: RevealDialogProps) {
  const text = useText();
  const [reason, setReason] = useState<string>(text.reveal.reasons[0] ?? "");
  const [missing, setMissing] = useState(false);
  const { busy, failure, send } = useOperation(RevealKey, (data) => data.revealKey);

  async function submit(event: FormEvent) {
    event.preventDefault();
    setMissing(!reason.trim());
    if (!reason.trim()) return;
    const revealed = await send({ customerId, keyId, reason: reason.trim() });
    if (revealed) onRevealed(revealed.key.value);
  }

  return (
    <Dialog title={text.reveal.title(kind)} onClose={onClose}>
      <form className="dialog-body" onSubmit={submit}>
        <p>{text.reveal.lead}</p>
        <ReasonField
          legend={text.reveal.reason}
          reasons={text.reveal.reasons}
          otherLabel={text.reveal.other}
          value={reason}
          onChange={setReason}
        />
        {(missing || failure) && (
          <p className="problem" role="alert">
            {missing ? text.reveal.missing : failure}
          </p>
        )}
        <div className="dialog-actions">
          <button type="button" className="button" onClick={onClose}>
            {text.app.cancel}
          </button>
          <button type="submit" className="button primary" disabled={busy}>
            {text.reveal.submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
