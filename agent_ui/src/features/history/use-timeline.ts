/** One customer's timeline as a screen needs it: filter, pages, live updates, and what waits to be shown. */
import { useCallback, useEffect, useEffectEvent, useReducer, useRef, useState } from "react";
import { type CombinedError, useClient } from "urql";
import type { LiveStatus } from "../../app/live/live-connection";
import { NORMAL_LAG } from "./freshness-badge";
import type { TimelinePage } from "./timeline-entry";
import { entryMatches, type TimelineFilter, toVariables } from "./timeline-filter";
import { TimelinePageQuery } from "./timeline-queries";
import { changeTimeline, startTimeline, type TimelineChange, type TimelineState } from "./timeline-state";
import { type FeedUpdate, useLiveTimeline } from "./use-live-timeline";

const PAGE = 50;
const NEAR_TOP = 120;
const LOOK_AGAIN = 10_000;

export type Timeline = TimelineState & {
  live: LiveStatus;
  loading: "no" | "first" | "more";
  error: CombinedError | undefined;
  /** Asks again for what could not be read. */
  retry: () => void;
  loadMore: () => void;
  showWaiting: () => void;
  /** This agent just recorded something: the stream brings it, or it is asked for when there is none. */
  expectNew: () => void;
};

type TimelineInput = {
  customerId: string;
  filter: TimelineFilter;
  /** The page that came with the screen's own query, for the filter it was asked with. */
  initial: TimelinePage;
  /** The customer itself may have changed: the rest of the screen must be read again too. */
  onResync: () => void;
};

export function useTimeline({ customerId, filter, initial, onResync }: TimelineInput): Timeline {
  const [state, dispatch] = useReducer(changeTimeline, initial, startTimeline);
  const [loading, setLoading] = useState<Timeline["loading"]>("no");
  const filterKey = JSON.stringify(filter);
  const wanted = useRef(filterKey);
  const { read, error } = useReadPage(customerId, wanted);

  /** Live updates that came while a first page was on its way: it may have been read before them. */
  const meanwhile = useRef<FeedUpdate[]>([]);
  /** True while what is shown belongs to an earlier filter. */
  const outdated = useRef(false);
  const readFirst = useCallback(async () => {
    setLoading("first");
    meanwhile.current = [];
    outdated.current = true;
    const page = await read(null);
    if (page) {
      outdated.current = false;
      dispatch({ type: "first-page", page });
      for (const update of meanwhile.current) apply(update, JSON.parse(wanted.current), dispatch);
    }
    setLoading("no");
  }, [read]);

  useEffect(() => {
    if (wanted.current === filterKey) return;
    wanted.current = filterKey;
    void readFirst();
  }, [filterKey, readFirst]);

  const busy = useRef(false);
  const loadMore = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    setLoading("more");
    const page = await read(state.endCursor);
    if (page) dispatch({ type: "next-page", page });
    setLoading("no");
    busy.current = false;
  }, [read, state.endCursor]);

  const readNewest = async () => {
    const page = await read(null);
    if (!page) throw new Error("the newest page could not be read");
    if (outdated.current) dispatch({ type: "first-page", page });
    else dispatch({ type: "newest-page", page, insert: isNearTop() });
    outdated.current = false;
    return page.liveCursor;
  };
  const refresh = () => void readNewest().catch(() => undefined);
  useLookAgain(state.freshness, refresh);

  const live = useLiveTimeline({
    customerId,
    cursor: initial.liveCursor,
    readNewest,
    onUpdate: (update) => {
      if (update.__typename === "Resync") {
        onResync();
        return void readFirst();
      }
      meanwhile.current.push(update);
      apply(update, filter, dispatch);
    },
  });

  return {
    ...state,
    live,
    loading,
    error,
    retry: () => void (outdated.current || !state.hasNextPage ? readFirst() : loadMore()),
    loadMore,
    // Only the service can search text: what arrived meanwhile may or may not belong on the screen.
    showWaiting: () => (filter.text ? void readFirst() : dispatch({ type: "show-waiting" })),
    expectNew: () => live.kind !== "live" && refresh(),
  };
}

type ReadPage = (after: string | null) => Promise<TimelinePage | undefined>;

/** Reads pages for the filter wanted now; what comes for an earlier one belongs to nothing on the screen. */
function useReadPage(customerId: string, wanted: { current: string }) {
  const client = useClient();
  const [error, setError] = useState<CombinedError>();
  const read: ReadPage = useCallback(
    async (after) => {
      const asked = wanted.current;
      const variables = { customerId, first: PAGE, after, filter: toVariables(JSON.parse(asked)) };
      const result = await client.query(TimelinePageQuery, variables).toPromise();
      if (asked !== wanted.current) return undefined;
      setError(result.error);
      return result.data?.customer?.timeline;
    },
    [client, customerId, wanted],
  );
  return { read, error };
}

/** While the search is away or behind, asks again now and then, so that the warning goes away by itself. */
function useLookAgain(freshness: TimelinePage["freshness"], refresh: () => void): void {
  const look = useEffectEvent(refresh);
  useEffect(() => {
    if (!freshness.degraded && freshness.indexLagMs <= NORMAL_LAG) return;
    const timer = setInterval(() => look(), LOOK_AGAIN);
    return () => clearInterval(timer);
  }, [freshness]);
}

function apply(update: FeedUpdate, filter: TimelineFilter, dispatch: (change: TimelineChange) => void): void {
  switch (update.__typename) {
    case "EntryAdded": {
      const matches = entryMatches(update.entry, filter);
      const insert = matches === true && isNearTop();
      dispatch({ type: "added", entry: update.entry, insert, matches: matches !== false });
      break;
    }
    case "EntryChanged":
      dispatch({ type: "changed", entry: update.entry });
      break;
    case "EntryRemoved":
      dispatch({ type: "removed", id: update.id });
      break;
  }
}

function isNearTop(): boolean {
  return window.scrollY <= NEAR_TOP;
}
