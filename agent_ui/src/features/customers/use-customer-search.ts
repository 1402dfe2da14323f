/** Search as you type: waits for a pause, asks once, and never shows an older answer over a newer one. */
import { useCallback, useEffect, useRef, useState } from "react";
import { type CombinedError, useClient } from "urql";
import { CustomerSearch, type FoundCustomer } from "./customer-search";

const PAUSE = 200;
const SHORTEST = 2;
const PAGE = 10;

/** What was searched last, for coming back to the start page. In memory alone: it may hold a CPF. */
let lastSearch = "";

export type CustomerSearchState = {
  search: string;
  setSearch: (search: string) => void;
  found: readonly FoundCustomer[] | undefined;
  more: boolean;
  busy: boolean;
  error: CombinedError | undefined;
  loadMore: () => void;
};

type Answer = { found: readonly FoundCustomer[]; endCursor: string | null; more: boolean };

export function useCustomerSearch(): CustomerSearchState {
  const client = useClient();
  const [search, setSearch] = useState(lastSearch);
  const [answer, setAnswer] = useState<Answer>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<CombinedError>();
  const latest = useRef(0);

  const ask = useCallback(
    async (words: string, before?: Answer) => {
      latest.current += 1;
      const turn = latest.current;
      setBusy(true);
      const variables = { search: words, first: PAGE, after: before?.endCursor ?? null };
      const result = await client.query(CustomerSearch, variables).toPromise();
      if (turn !== latest.current) return;
      setBusy(false);
      setError(result.error);
      const page = result.data?.customers;
      if (!page) return setAnswer(before);
      setAnswer({
        found: [...(before?.found ?? []), ...page.edges],
        endCursor: page.pageInfo.endCursor,
        more: page.pageInfo.hasNextPage,
      });
    },
    [client],
  );

  useEffect(() => {
    lastSearch = search;
    const words = search.trim();
    if (words.length < SHORTEST) {
      latest.current += 1;
      setAnswer(undefined);
      setError(undefined);
      setBusy(false);
      return;
    }
    const timer = setTimeout(() => void ask(words), PAUSE);
    return () => clearTimeout(timer);
  }, [search, ask]);

  return {
    search,
    setSearch,
    found: answer?.found,
    more: answer?.more ?? false,
    busy,
    error,
    loadMore: () => void ask(search.trim(), answer),
  };
}
