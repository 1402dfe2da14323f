import { Icon } from "../../app/icon";
import { useText } from "../../app/text/language";
import type { CustomerHeaderData } from "./customer-page-query";

const SHOWN = 3;

export function ConsentChips({ consents }: { consents: CustomerHeaderData["consents"] }) {
  const text = useText();
  return (
    <ul className="consents" aria-label={text.customer.consents}>
      {consents.length === 0 && (
        <li className="muted">
          {text.customer.consents}: {text.customer.noConsents.toLowerCase()}
        </li>
      )}
      {consents.slice(0, SHOWN).map((consent) => (
        <li
          key={`${consent.purpose} ${consent.channel}`}
          className={consent.granted ? "consent good" : "consent bad"}
        >
          <Icon name={consent.granted ? "check" : "close"} />
          {consent.purpose}
          {consent.channel && ` · ${text.channel[consent.channel] ?? consent.channel}`}:{" "}
          {consent.granted ? text.customer.granted : text.customer.revoked}
        </li>
      ))}
      {consents.length > SHOWN && (
        <li className="muted">{text.customer.moreKeys(consents.length - SHOWN)}</li>
      )}
    </ul>
  );
}
