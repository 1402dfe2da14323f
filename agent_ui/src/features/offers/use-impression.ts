/**
 * Tells the service that the cards of a decision were shown: once per decision, and only when they really came into
 * view. The idempotency key is made from the decision, so a reload does not count a second impression.
 */
import { type RefObject, useEffect } from "react";
import { type Client, useClient } from "urql";
import type { Channel } from "../history/timeline-entry";
import type { OfferCardData } from "./offer-cards";
import { PresentOffers } from "./offer-queries";

const reported = new Set<string>();

type Shown = { customerId: string; cards: readonly OfferCardData[]; channel: Channel };

export function useImpression(element: RefObject<HTMLElement | null>, shown: Shown): void {
  const client = useClient();
  const { customerId, cards, channel } = shown;
  useEffect(() => {
    const list = element.current;
    const fresh = unreported(cards);
    if (!list || fresh.length === 0) return;
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      observer.disconnect();
      for (const decisionId of unreported(cards)) report(client, decisionId, { customerId, cards, channel });
    });
    observer.observe(list);
    return () => observer.disconnect();
  }, [element, client, customerId, cards, channel]);
}

function unreported(cards: readonly OfferCardData[]): string[] {
  return [...new Set(cards.map((card) => card.decisionId))].filter((id) => !reported.has(id));
}

function report(client: Client, decisionId: string, { customerId, cards, channel }: Shown): void {
  reported.add(decisionId);
  const offerIds = cards.filter((card) => card.decisionId === decisionId).map((card) => card.offer.offerId);
  const input = { idempotencyKey: `presented-${decisionId}`, customerId, decisionId, offerIds, channel };
  void client
    .mutation(PresentOffers, { input })
    .toPromise()
    .then((result) => result.error && reported.delete(decisionId));
}
