import { useState } from "react";
import { Icon } from "../../app/icon";
import { useText } from "../../app/text/language";
import type { CustomerKey } from "./customer-page-query";
import { RevealDialog } from "./reveal-dialog";

type KeyItemProps = { customerId: string; customerKey: CustomerKey };

/** One identity key, masked until somebody gives a reason to see it; then shown for as long as the page is open. */
export function KeyItem({ customerId, customerKey }: KeyItemProps) {
  const text = useText();
  const [asking, setAsking] = useState(false);
  const [whole, setWhole] = useState<string>();
  const kind = text.keyType[customerKey.type] ?? customerKey.type;
  return (
    <li className="key">
      <span className="muted">{kind}</span> <span className="key-value">{whole ?? customerKey.value}</span>
      {customerKey.shared && <span className="chip warn">{text.customer.shared}</span>}
      {customerKey.masked && (
        <button
          type="button"
          className="icon-button"
          aria-label={whole ? text.reveal.hide(kind) : text.reveal.action(kind)}
          aria-pressed={whole !== undefined}
          onClick={() => (whole ? setWhole(undefined) : setAsking(true))}
        >
          <Icon name="eye" />
        </button>
      )}
      {asking && (
        <RevealDialog
          customerId={customerId}
          keyId={customerKey.id}
          kind={kind}
          onRevealed={(value) => {
            setWhole(value);
            setAsking(false);
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </li>
  );
}
