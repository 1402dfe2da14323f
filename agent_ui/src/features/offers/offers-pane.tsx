import { useRef, useState } from "react";
import { errorText } from "../../app/error-text";
import { useText } from "../../app/text/language";
import { ExclusionList } from "./exclusion-list";
import { OfferCard } from "./offer-card";
import { shownExclusions } from "./offer-cards";
import type { OfferDecision } from "./offer-queries";
import { ServingChannelField } from "./serving-channel-field";
import { useImpression } from "./use-impression";
import { useOffers } from "./use-offers";
import "./offers.css";

type OffersPaneProps = { customerId: string; initial: OfferDecision; onAnswered: () => void };

export function OffersPane({ customerId, initial, onAnswered }: OffersPaneProps) {
  const text = useText();
  const { decision, cards, channel, busy, error, recompute, changeChannel } = useOffers(customerId, initial);
  const [answer, setAnswer] = useState<string>();
  const list = useRef<HTMLOListElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useImpression(list, { customerId, cards, channel });
  return (
    <section className="pane offers" aria-labelledby="offers-title" aria-busy={busy}>
      <div className="pane-head">
        <h2 id="offers-title" ref={heading} tabIndex={-1}>
          {text.offers.title}
        </h2>
        <ServingChannelField channel={channel} onChange={changeChannel} />
      </div>
      <p className="small good" role="status">
        {busy ? text.offers.recomputing : answer && text.offers.answered(answer)}
      </p>
      {error && (
        <p className="problem" role="alert">
          {errorText(error, text)}{" "}
          <button type="button" className="button small" onClick={() => recompute()}>
            {text.app.retry}
          </button>
        </p>
      )}
      <ol className="offer-cards" ref={list}>
        {cards.map(({ decisionId, offer }, index) => (
          <OfferCard
            key={offer.offerId}
            customerId={customerId}
            decisionId={decisionId}
            offer={offer}
            position={index + 1}
            channel={channel}
            onAnswered={(response) => {
              setAnswer(response);
              // The card is about to go; the focus must not go with it.
              heading.current?.focus({ preventScroll: true });
              recompute(offer.offerId);
              onAnswered();
            }}
          />
        ))}
      </ol>
      {cards.length === 0 && !busy && <p className="muted">{text.offers.none}</p>}
      <ExclusionList excluded={shownExclusions(decision, cards)} />
    </section>
  );
}
