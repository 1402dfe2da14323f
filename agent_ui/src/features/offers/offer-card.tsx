import { useState } from "react";
import { Icon } from "../../app/icon";
import { useText } from "../../app/text/language";
import { useOperation } from "../../app/use-operation";
import type { Channel } from "../history/timeline-entry";
import { DeclineForm } from "./decline-form";
import { DeferForm } from "./defer-form";
import { type OfferSuggestion, RespondToOffer } from "./offer-queries";
import { ReasonList } from "./reason-list";

type OfferCardProps = {
  customerId: string;
  decisionId: string;
  offer: OfferSuggestion;
  position: number;
  channel: Channel;
  onAnswered: (response: string) => void;
};

type Answer = { response: "ACCEPTED" | "DECLINED" | "DEFERRED"; reason?: string; until?: string };

export function OfferCard({ customerId, decisionId, offer, position, channel, onAnswered }: OfferCardProps) {
  const text = useText();
  const [asking, setAsking] = useState<"decline" | "defer">();
  const { busy, failure, send } = useOperation(RespondToOffer, (data) => data.respondToOffer);

  async function answer(given: Answer) {
    const recorded = await send({ customerId, decisionId, offerId: offer.offerId, channel, ...given });
    if (recorded) onAnswered(text.response[given.response] ?? given.response);
  }

  const toggle = (form: "decline" | "defer") => setAsking(asking === form ? undefined : form);

  return (
    <li>
      <article className="offer" aria-label={text.offers.cardLabel(offer.name)}>
        <div className="offer-head">
          <span className="offer-rank">{text.offers.rank(position)}</span>
          <h3>{offer.name}</h3>
        </div>
        {offer.summary && <p className="offer-summary">{offer.summary}</p>}
        <ReasonList title={text.offers.why} reasons={offer.reasons} />
        {offer.talkTrack && (
          <figure className="talk-track">
            <figcaption>{text.offers.talkTrack}</figcaption>
            <blockquote>{offer.talkTrack}</blockquote>
          </figure>
        )}
        <div className="offer-answers">
          <button
            type="button"
            className="button accept"
            disabled={busy}
            onClick={() => void answer({ response: "ACCEPTED" })}
          >
            <Icon name="check" /> {text.offers.accept}
          </button>
          <button
            type="button"
            className="button"
            disabled={busy}
            aria-expanded={asking === "decline"}
            onClick={() => toggle("decline")}
          >
            <Icon name="close" /> {text.offers.decline}
          </button>
          <button
            type="button"
            className="button"
            disabled={busy}
            aria-expanded={asking === "defer"}
            onClick={() => toggle("defer")}
          >
            <Icon name="clock" /> {text.offers.defer}
          </button>
        </div>
        {asking === "decline" && (
          <DeclineForm busy={busy} onDecline={(reason) => void answer({ response: "DECLINED", reason })} />
        )}
        {asking === "defer" && (
          <DeferForm busy={busy} onDefer={(until) => void answer({ response: "DEFERRED", until })} />
        )}
        {failure && (
          <p className="problem" role="alert">
            {failure}
          </p>
        )}
      </article>
    </li>
  );
}
