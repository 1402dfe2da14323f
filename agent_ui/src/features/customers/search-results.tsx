import { useText } from "../../app/text/language";
import { FoundCustomerLink } from "./found-customer-link";
import type { CustomerSearchState } from "./use-customer-search";

export function SearchResults({ state }: { state: CustomerSearchState }) {
  const text = useText();
  const { found, more, busy } = state;
  return (
    <section aria-label={text.search.title} aria-busy={busy}>
      <p className="results-count" role="status">
        {busy && !found ? text.search.searching : found && countText(found.length, more, text)}
      </p>
      {found && found.length > 0 && (
        <ol className="results">
          {found.map((edge) => (
            <li key={edge.node.id}>
              <FoundCustomerLink edge={edge} />
            </li>
          ))}
        </ol>
      )}
      {found?.length === 0 && <p className="muted">{text.search.noneHint}</p>}
      {more && (
        <button type="button" className="button" data-arrows disabled={busy} onClick={state.loadMore}>
          {text.search.more}
        </button>
      )}
    </section>
  );
}

function countText(n: number, more: boolean, text: ReturnType<typeof useText>): string {
  if (n === 0) return text.search.none;
  return more ? text.search.some(n) : text.search.results(n);
}
