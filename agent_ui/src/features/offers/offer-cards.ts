/**
 * Which cards stand on the screen. A card that is being talked about stays until it is answered: that it was just
 * presented, here, is no reason to take it away, though it is one not to present it anew.
 */
import type { OfferDecision, OfferExclusion, OfferSuggestion } from "./offer-queries";

export type OfferCardData = { decisionId: string; offer: OfferSuggestion };

const MOST = 3;
const JUST_PRESENTED = "repeat_after_days";

export function firstCards(decision: OfferDecision): OfferCardData[] {
  return decision.offers.slice(0, MOST).map((offer) => ({ decisionId: decision.id, offer }));
}

/** The cards after a new decision; `answered` is the offer just answered, if any. */
export function nextCards(
  before: readonly OfferCardData[],
  decision: OfferDecision,
  answered?: string,
): OfferCardData[] {
  const kept = before
    .filter((card) => card.offer.offerId !== answered)
    .filter((card) => isOffered(card, decision) || isOnlyRepeated(card, decision.excluded));
  const places = new Set(kept.map((card) => card.offer.offerId));
  const fresh = firstCards(decision).filter((card) => !places.has(card.offer.offerId));
  return [...kept, ...fresh].slice(0, MOST);
}

/** Offers left out, without those that are on the screen. */
export function shownExclusions(
  decision: OfferDecision,
  cards: readonly OfferCardData[],
): readonly OfferExclusion[] {
  const shown = new Set(cards.map((card) => card.offer.offerId));
  return decision.excluded.filter((exclusion) => !shown.has(exclusion.offerId));
}

function isOffered(card: OfferCardData, decision: OfferDecision): boolean {
  return decision.offers.some((offer) => offer.offerId === card.offer.offerId);
}

function isOnlyRepeated(card: OfferCardData, excluded: readonly OfferExclusion[]): boolean {
  const reasons = excluded.find((exclusion) => exclusion.offerId === card.offer.offerId)?.reasons ?? [];
  return reasons.length > 0 && reasons.every((reason) => reason.rule === JUST_PRESENTED);
}
