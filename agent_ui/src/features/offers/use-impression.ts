/**
 * Tells the service that the cards of a decision were shown: once per decision, and only when they really came into
 * view. The idempotency key is made from the decision, so a reload does not count a second impression.
 */
import { type RefObject, useEffect } from "react";
import { useClient } from "urql";
import type { Channel } from "../history/timeline-entry";
import { type OfferDecision, PresentOffers } from "./offer-queries";

const reported = new Set<string>();

export function useImpression(
  element: RefObject<HTMLElement | null>,
  customerId: string,
  decision: OfferDecision,
  channel: Channel,
): void {
  const client = useClient();
  useEffect(() => {
    const cards = element.current;
    if (!cards || decision.offers.length === 0 || reported.has(decision.id)) return;
    const input = {
      idempotencyKey: `presented-${decision.id}`,
      customerId,
      decisionId: decision.id,
      offerIds: decision.offers.map((offer) => offer.offerId),
      channel,
    };
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting || reported.has(decision.id)) return;
      reported.add(decision.id);
      observer.disconnect();
      void client
        .mutation(PresentOffers, { input })
        .toPromise()
        .then((result) => result.error && reported.delete(decision.id));
    });
    observer.observe(cards);
    return () => observer.disconnect();
  }, [element, client, customerId, decision, channel]);
}
