/** The decision on the screen, recomputed after each answer and for each channel the customer is served by. */
import { useCallback, useEffect, useRef, useState } from "react";
import { type CombinedError, useClient } from "urql";
import type { Channel } from "../history/timeline-entry";
import { firstCards, nextCards, type OfferCardData } from "./offer-cards";
import { NextOffers, type OfferDecision } from "./offer-queries";
import { serveBy, servingChannel } from "./serving-channel";

export type Offers = {
  decision: OfferDecision;
  cards: readonly OfferCardData[];
  channel: Channel;
  busy: boolean;
  error: CombinedError | undefined;
  /** Decides anew; after an answer, the offer it was about. */
  recompute: (answered?: string) => void;
  changeChannel: (channel: Channel) => void;
};

export function useOffers(customerId: string, initial: OfferDecision): Offers {
  const client = useClient();
  const [decision, setDecision] = useState(initial);
  const [cards, setCards] = useState(() => firstCards(initial));
  const [channel, setChannel] = useState(servingChannel);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CombinedError>();
  const turn = useRef(0);

  const show = useCallback((next: OfferDecision, answered?: string) => {
    setDecision(next);
    setCards((before) => nextCards(before, next, answered));
  }, []);

  // The screen was read again, for the customer itself changed.
  useEffect(() => show(initial), [show, initial]);

  const ask = useCallback(
    async (by: Channel, answered?: string) => {
      turn.current += 1;
      const mine = turn.current;
      setBusy(true);
      const result = await client.query(NextOffers, { customerId, context: { channel: by } }).toPromise();
      if (mine !== turn.current) return;
      setBusy(false);
      setError(result.error);
      const next = result.data?.customer?.nextBestOffers;
      if (next) show(next, answered);
    },
    [client, customerId, show],
  );

  return {
    decision,
    cards,
    channel,
    busy,
    error,
    recompute: (answered) => {
      // The answer is recorded: its card goes at once, whatever becomes of the next decision.
      setCards((before) => before.filter((card) => card.offer.offerId !== answered));
      void ask(channel, answered);
    },
    changeChannel: (next) => {
      serveBy(next);
      setChannel(next);
      void ask(next);
    },
  };
}
