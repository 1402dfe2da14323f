import { useRef, useState } from "react";
import { errorText } from "../../app/error-text";
import { useText } from "../../app/text/language";
import { ExclusionList } from "./exclusion-list";
import { OfferCard } from "./offer-card";
import type { OfferDecision } from "./offer-queries";
import { ServingChannelField } from "./serving-channel-field";
import { useImpression } from "./use-impression";
import { useOffers } from "./use-offers";
import "./offers.css";

const MOST = 3;

type OffersPaneProps = { customerId: string; initial: OfferDecision; onAnswered: () => void };

export function OffersPane({ customerId, initial, onAnswered }: OffersPaneProps) {
  const text = useText();
  const { decision, channel, busy, error, recompute, changeChannel } = useOffers(customerId, initial);
  const [answer, setAnswer] = useState<string>();
  const cards = useRef<HTMLOListElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useImpression(cards, customerId, decision, channel);
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
          <button type="button" className="button small" onClick={recompute}>
            {text.app.retry}
          </button>
        </p>
      )}
      <ol className="offer-cards" ref={cards}>
        {decision.offers.slice(0, MOST).map((offer) => (
          <OfferCard
            key={`${decision.id} ${offer.offerId}`}
            customerId={customerId}
            decisionId={decision.id}
            offer={offer}
            channel={channel}
            onAnswered={(response) => {
              setAnswer(response);
              // The card is about to go; the focus must not go with it.
              heading.current?.focus({ preventScroll: true });
              recompute();
              onAnswered();
            }}
          />
        ))}
      </ol>
      {decision.offers.length === 0 && <p className="muted">{text.offers.none}</p>}
      <ExclusionList excluded={decision.excluded} />
    </section>
  );
}
