import { type FormEvent, useState } from "react";
import { ReasonField } from "../../app/reason-field";
import { useText } from "../../app/text/language";

type DeclineFormProps = { busy: boolean; onDecline: (reason: string) => void };

export function DeclineForm({ busy, onDecline }: DeclineFormProps) {
  const text = useText();
  const [reason, setReason] = useState("");

  function submit(event: FormEvent) {
    event.preventDefault();
    if (reason.trim()) onDecline(reason.trim());
  }

  return (
    <form className="offer-form" onSubmit={submit}>
      <ReasonField
        legend={text.offers.declineTitle}
        reasons={text.offers.declineReasons}
        otherLabel={text.offers.otherReason}
        value={reason}
        onChange={setReason}
      />
      <button type="submit" className="button primary" disabled={busy || !reason.trim()}>
        {text.offers.confirmDecline}
      </button>
    </form>
  );
}
