/** One customer's timeline as a screen needs it: filter, pages, live updates, and what waits to be shown. */
import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { type CombinedError, useClient } from "urql";
import type { LiveStatus } from "../../app/live/live-connection";
import type { TimelinePage } from "./timeline-entry";
import { entryMatches, type TimelineFilter, toVariables } from "./timeline-filter";
import { TimelinePageQuery } from "./timeline-queries";
import { changeTimeline, startTimeline, type TimelineChange, type TimelineState } from "./timeline-state";
import { type FeedUpdate, useLiveTimeline } from "./use-live-timeline";

const PAGE = 50;
const NEAR_TOP = 120;

export type Timeline = TimelineState & {
  live: LiveStatus;
  loading: "no" | "first" | "more";
  error: CombinedError | undefined;
  loadMore: () => void;
  showWaiting: () => void;
  /** Reads the newest page again: after a failure, or to show what this agent just recorded. */
  refresh: () => void;
};

type TimelineInput = {
  customerId: string;
  filter: TimelineFilter;
  /** The page that came with the screen's own query, for the filter it was asked with. */
  initial: TimelinePage;
};

export function useTimeline({ customerId, filter, initial }: TimelineInput): Timeline {
  const client = useClient();
  const [state, dispatch] = useReducer(changeTimeline, initial, startTimeline);
  const [loading, setLoading] = useState<Timeline["loading"]>("no");
  const [error, setError] = useState<CombinedError>();
  const filterKey = JSON.stringify(filter);
  const wanted = useRef(filterKey);

  const read = useCallback(
    async (after: string | null): Promise<TimelinePage | undefined> => {
      const asked = wanted.current;
      const variables = { customerId, first: PAGE, after, filter: toVariables(JSON.parse(asked)) };
      const result = await client.query(TimelinePageQuery, variables).toPromise();
      // The filter changed while the answer was on its way: it belongs to nothing on the screen.
      if (asked !== wanted.current) return undefined;
      setError(result.error);
      return result.data?.customer?.timeline;
    },
    [client, customerId],
  );

  /** Live updates that came while a first page was on its way: it may have been read before them. */
  const meanwhile = useRef<FeedUpdate[]>([]);
  const readFirst = useCallback(async () => {
    setLoading("first");
    meanwhile.current = [];
    const page = await read(null);
    if (page) {
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
    dispatch({ type: "newest-page", page, insert: isNearTop() });
    return page.liveCursor;
  };

  const live = useLiveTimeline({
    customerId,
    cursor: initial.liveCursor,
    readNewest,
    onUpdate: (update) => {
      if (update.__typename === "Resync") return void readFirst();
      meanwhile.current.push(update);
      apply(update, filter, dispatch);
    },
  });

  return {
    ...state,
    live,
    loading,
    error,
    loadMore,
    // Only the service can search text: what arrived meanwhile may or may not belong on the screen.
    showWaiting: () => (filter.text ? void readFirst() : dispatch({ type: "show-waiting" })),
    refresh: () => void readNewest().catch(() => undefined),
  };
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
