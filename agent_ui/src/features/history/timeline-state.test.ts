import { describe, expect, test } from "vitest";
import { anEntry, aPage } from "./an-entry";
import { changeTimeline, startTimeline, type TimelineChange, type TimelineState } from "./timeline-state";

const entry = (n: number) => anEntry(`e${n}`, `2026-11-22T12:00:${String(n).padStart(2, "0")}Z`);
const pageOf = (numbers: number[], hasNextPage = false) =>
  aPage(numbers.map(entry), { pageInfo: { hasNextPage, endCursor: `after-${numbers.at(-1)}` } });
const ids = (entries: readonly { id: string }[]) => entries.map((one) => one.id);
const apply = (state: TimelineState, ...changes: TimelineChange[]) => changes.reduce(changeTimeline, state);
const added = (n: number, insert: boolean, matches = true): TimelineChange => ({
  type: "added",
  entry: entry(n),
  insert,
  matches,
});

describe("pages", () => {
  test("a next page is appended and its cursor taken", () => {
    // given
    const state = startTimeline(pageOf([9, 8], true));
    // when
    const next = apply(state, { type: "next-page", page: pageOf([7, 6]) });
    // then
    expect(ids(next.shown)).toEqual(["e9", "e8", "e7", "e6"]);
    expect(next.hasNextPage).toBe(false);
    expect(next.endCursor).toBe("after-6");
  });

  test("a page that repeats entries adds only the new ones and keeps the live copy", () => {
    // given
    const changed = { ...entry(7), title: "changed live" };
    const state = apply(
      startTimeline(pageOf([9, 8], true)),
      { type: "added", entry: entry(7), insert: true, matches: true },
      { type: "changed", entry: changed },
    );
    // when
    const next = apply(state, { type: "next-page", page: pageOf([8, 7, 6]) });
    // then
    expect(ids(next.shown)).toEqual(["e9", "e8", "e7", "e6"]);
    expect(next.shown[2]?.title).toBe("changed live");
  });

  test("a page read before a removal does not bring the entry back", () => {
    const state = startTimeline(pageOf([9, 8], true));
    const next = apply(state, { type: "removed", id: "e7" }, { type: "next-page", page: pageOf([7, 6]) });
    expect(ids(next.shown)).toEqual(["e9", "e8", "e6"]);
  });
});

describe("live entries", () => {
  test("wait while the reader is further down, and come in order when asked for", () => {
    // given
    const state = apply(startTimeline(pageOf([5, 4])), added(7, false), added(6, false));
    expect(ids(state.shown)).toEqual(["e5", "e4"]);
    expect(ids(state.waiting)).toEqual(["e7", "e6"]);
    // when
    const shown = apply(state, { type: "show-waiting" });
    // then
    expect(ids(shown.shown)).toEqual(["e7", "e6", "e5", "e4"]);
    expect(shown.waiting).toEqual([]);
  });

  test("delivered twice, an entry is shown once and counted once", () => {
    const state = apply(startTimeline(pageOf([5])), added(6, true), added(6, true), added(6, false));
    expect(ids(state.shown)).toEqual(["e6", "e5"]);
    expect(state.waiting).toEqual([]);
    expect(state.facets).toEqual([{ channel: "VOICE", count: 2 }]);
  });

  test("of another channel than the filter are counted, not shown", () => {
    const state = apply(startTimeline(pageOf([5])), added(6, true, false));
    expect(ids(state.shown)).toEqual(["e5"]);
    expect(state.facets).toEqual([{ channel: "VOICE", count: 2 }]);
  });

  test("late facts older than what is loaded appear when paging reaches them", () => {
    // given
    const state = apply(startTimeline(pageOf([9, 8], true)), added(3, true));
    expect(ids(state.shown)).toEqual(["e9", "e8"]);
    // when
    const reached = apply(state, { type: "next-page", page: pageOf([7, 2]) });
    // then
    expect(ids(reached.shown)).toEqual(["e9", "e8", "e7", "e3", "e2"]);
    expect(reached.below).toEqual([]);
  });

  test("late facts at the end of a history loaded whole appear at once", () => {
    const state = apply(startTimeline(pageOf([9, 8])), added(3, true));
    expect(ids(state.shown)).toEqual(["e9", "e8", "e3"]);
  });

  test("are not added after their removal", () => {
    const state = apply(startTimeline(pageOf([5])), { type: "removed", id: "e6" }, added(6, true));
    expect(ids(state.shown)).toEqual(["e5"]);
  });
});

describe("changes and removals", () => {
  test("a change is made in place, shown or waiting", () => {
    const state = apply(startTimeline(pageOf([5, 4])), added(6, false));
    const next = apply(
      state,
      { type: "changed", entry: { ...entry(4), title: "four" } },
      { type: "changed", entry: { ...entry(6), title: "six" } },
    );
    expect(next.shown.map((one) => one.title)).toEqual(["e5", "four"]);
    expect(next.waiting.map((one) => one.title)).toEqual(["six"]);
  });

  test("a change of an entry not loaded changes nothing on the screen", () => {
    const state = startTimeline(pageOf([5]));
    expect(apply(state, { type: "changed", entry: entry(1) }).shown).toBe(state.shown);
  });

  test("a removal takes the entry and its count away", () => {
    const state = apply(startTimeline(pageOf([5, 4])), { type: "removed", id: "e5" });
    expect(ids(state.shown)).toEqual(["e4"]);
    expect(state.facets).toEqual([{ channel: "VOICE", count: 1 }]);
  });
});

describe("the newest page, read while there is no stream", () => {
  test("brings what is missing and leaves the rest alone", () => {
    const state = startTimeline(pageOf([5, 4], true));
    const next = apply(state, { type: "newest-page", page: pageOf([6, 5], true), insert: false });
    expect(ids(next.shown)).toEqual(["e5", "e4"]);
    expect(ids(next.waiting)).toEqual(["e6"]);
    expect(next.endCursor).toBe("after-4");
  });

  test("with a gap before what is shown, everything starts again", () => {
    const state = startTimeline(pageOf([5, 4], true));
    const next = apply(state, { type: "newest-page", page: pageOf([9, 8], true), insert: false });
    expect(ids(next.shown)).toEqual(["e9", "e8"]);
    expect(next.endCursor).toBe("after-8");
  });
});
