import { expect, test } from "vitest";
import { firstCards, nextCards, shownExclusions } from "./offer-cards";
import type { OfferDecision } from "./offer-queries";

function aDecision(id: string, offers: string[], excluded: Record<string, string[]> = {}): OfferDecision {
  return {
    id,
    at: "2026-11-22T12:00:00Z",
    offers: offers.map((offerId, index) => ({
      offerId,
      name: offerId,
      summary: null,
      talkTrack: null,
      value: 1,
      rank: index + 1,
      reasons: [],
    })),
    excluded: Object.entries(excluded).map(([offerId, rules]) => ({
      offerId,
      name: offerId,
      reasons: rules.map((rule) => ({
        stage: "contact_policy",
        rule,
        textPt: rule,
        textEn: rule,
        measured: null,
        limit: null,
        until: null,
      })),
    })),
  };
}

const shown = (cards: ReturnType<typeof firstCards>) =>
  cards.map((card) => `${card.decisionId}/${card.offer.offerId}`);

test("an answer takes its own card away; the others stay although they were just presented", () => {
  // given
  const before = firstCards(aDecision("d1", ["a", "b", "c"]));
  const again = { a: ["repeat_after_days"], b: ["repeat_after_days"], c: ["repeat_after_days"] };
  // when
  const next = aDecision("d2", ["d"], again);
  const cards = nextCards(before, next, "b");
  // then
  expect(shown(cards)).toEqual(["d1/a", "d1/c", "d2/d"]);
  expect(shownExclusions(next, cards).map((one) => one.offerId)).toEqual(["b"]);
});

test("a card that the answer made impossible goes too", () => {
  const before = firstCards(aDecision("d1", ["a", "b", "c"]));
  const next = aDecision("d2", [], { b: ["repeat_after_days", "owns"], c: ["consent"] });
  expect(nextCards(before, next, "a")).toEqual([]);
});

test("never more than three, the ones being talked about first", () => {
  const before = firstCards(aDecision("d1", ["a", "b", "c", "z"]));
  expect(shown(before)).toEqual(["d1/a", "d1/b", "d1/c"]);
  const next = aDecision("d2", ["x", "y", "a"], { b: ["repeat_after_days"], c: ["repeat_after_days"] });
  expect(shown(nextCards(before, next, "c"))).toEqual(["d1/a", "d1/b", "d2/x"]);
});
