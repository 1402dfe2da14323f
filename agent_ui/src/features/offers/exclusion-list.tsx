import { Icon } from "../../app/icon";
import { useText } from "../../app/text/language";
import type { OfferExclusion } from "./offer-queries";
import { ReasonList } from "./reason-list";

export function ExclusionList({ excluded }: { excluded: readonly OfferExclusion[] }) {
  const text = useText();
  if (excluded.length === 0) return null;
  return (
    <details className="excluded">
      <summary>
        <Icon name="chevron" /> {text.offers.excluded(excluded.length)}
      </summary>
      <ul className="plain">
        {excluded.map((offer) => (
          <li key={offer.offerId}>
            <strong>{offer.name}</strong>
            <ReasonList reasons={offer.reasons} />
          </li>
        ))}
      </ul>
    </details>
  );
}
