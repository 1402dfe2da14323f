/**
 * What the timeline shows, as a pure reducer over pages and live updates. However they interleave, an entry is
 * shown once, in order, never after its removal; and nothing is inserted until the reader is ready for it.
 */
import type { Channel, TimelineEntry, TimelinePage } from "./timeline-entry";
import { compareEntries, mergeEntries } from "./timeline-order";

export type TimelineState = {
  /** Newest first, without duplicates. */
  shown: readonly TimelineEntry[];
  /** Arrived live while the reader was further down. */
  waiting: readonly TimelineEntry[];
  /** Arrived live, older than the last page loaded so far: shown when paging gets there. */
  below: readonly TimelineEntry[];
  removed: ReadonlySet<string>;
  endCursor: string | null;
  hasNextPage: boolean;
  facets: TimelinePage["facets"];
  freshness: TimelinePage["freshness"];
};

export type TimelineChange =
  | { type: "first-page"; page: TimelinePage }
  | { type: "next-page"; page: TimelinePage }
  | { type: "newest-page"; page: TimelinePage; insert: boolean }
  | { type: "added"; entry: TimelineEntry; insert: boolean; matches: boolean }
  | { type: "changed"; entry: TimelineEntry }
  | { type: "removed"; id: string }
  | { type: "show-waiting" };

export function startTimeline(page: TimelinePage): TimelineState {
  return {
    shown: mergeEntries([], page.nodes),
    waiting: [],
    below: [],
    removed: new Set(),
    endCursor: page.pageInfo.endCursor,
    hasNextPage: page.pageInfo.hasNextPage,
    facets: page.facets,
    freshness: page.freshness,
  };
}

export function changeTimeline(state: TimelineState, change: TimelineChange): TimelineState {
  switch (change.type) {
    case "first-page":
      return startTimeline(change.page);
    case "next-page":
      return addPage(state, change.page);
    case "newest-page":
      return mergeNewest(state, change.page, change.insert);
    case "added":
      return addEntry(state, change.entry, change.insert, change.matches);
    case "changed":
      return replaceEntry(state, change.entry);
    case "removed":
      return removeEntry(state, change.id);
    case "show-waiting":
      return insert({ ...state, waiting: [] }, state.waiting);
  }
}

function addPage(state: TimelineState, page: TimelinePage): TimelineState {
  // An entry that live updates brought or changed is newer than the page's copy of it.
  const known = new Set([...state.shown, ...state.waiting, ...state.below].map((entry) => entry.id));
  const fresh = page.nodes.filter((entry) => !known.has(entry.id) && !state.removed.has(entry.id));
  const next = {
    ...state,
    shown: mergeEntries(state.shown, fresh),
    endCursor: page.pageInfo.endCursor,
    hasNextPage: page.pageInfo.hasNextPage,
  };
  return insert({ ...next, below: [] }, state.below);
}

function mergeNewest(state: TimelineState, page: TimelinePage, now: boolean): TimelineState {
  const known = new Set([...state.shown, ...state.waiting, ...state.below].map((entry) => entry.id));
  const gap = page.pageInfo.hasNextPage && !page.nodes.some((entry) => known.has(entry.id));
  if (gap) return startTimeline(page);
  const counted = { ...state, facets: page.facets ?? state.facets, freshness: page.freshness };
  return page.nodes.reduce(
    (next, entry) => (known.has(entry.id) ? replaceEntry(next, entry) : place(next, entry, now)),
    counted,
  );
}

function addEntry(state: TimelineState, entry: TimelineEntry, now: boolean, matches: boolean): TimelineState {
  if (state.removed.has(entry.id)) return state;
  if (isKnown(state, entry.id)) return replaceEntry(state, entry);
  const counted = { ...state, facets: count(state.facets, entry.channel, 1) };
  return matches ? place(counted, entry, now) : counted;
}

function place(state: TimelineState, entry: TimelineEntry, now: boolean): TimelineState {
  return now ? insert(state, [entry]) : { ...state, waiting: mergeEntries(state.waiting, [entry]) };
}

/** Puts entries where their time says; those beyond what is loaded stay below until paging reaches them. */
function insert(state: TimelineState, entries: readonly TimelineEntry[]): TimelineState {
  const last = state.shown.at(-1);
  const beyond = (entry: TimelineEntry) =>
    state.hasNextPage && last !== undefined && compareEntries(entry, last) > 0;
  return {
    ...state,
    shown: mergeEntries(
      state.shown,
      entries.filter((entry) => !beyond(entry)),
    ),
    below: mergeEntries(state.below, entries.filter(beyond)),
  };
}

function replaceEntry(state: TimelineState, entry: TimelineEntry): TimelineState {
  const swap = (list: readonly TimelineEntry[]) =>
    list.some((one) => one.id === entry.id) ? list.map((one) => (one.id === entry.id ? entry : one)) : list;
  return {
    ...state,
    shown: swap(state.shown),
    waiting: swap(state.waiting),
    below: swap(state.below),
  };
}

function removeEntry(state: TimelineState, id: string): TimelineState {
  const gone = [...state.shown, ...state.waiting, ...state.below].find((entry) => entry.id === id);
  const without = (list: readonly TimelineEntry[]) => list.filter((entry) => entry.id !== id);
  return {
    ...state,
    shown: without(state.shown),
    waiting: without(state.waiting),
    below: without(state.below),
    removed: new Set(state.removed).add(id),
    facets: gone ? count(state.facets, gone.channel, -1) : state.facets,
  };
}

function isKnown(state: TimelineState, id: string): boolean {
  return [state.shown, state.waiting, state.below].some((list) => list.some((entry) => entry.id === id));
}

function count(facets: TimelineState["facets"], channel: Channel, by: number): TimelineState["facets"] {
  if (!facets) return facets;
  const found = facets.some((facet) => facet.channel === channel);
  if (!found) return by > 0 ? [...facets, { channel, count: by }] : facets;
  return facets.map((facet) =>
    facet.channel === channel ? { ...facet, count: Math.max(0, facet.count + by) } : facet,
  );
}
