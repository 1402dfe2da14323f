import { type KeyboardEvent, useEffect, useRef } from "react";
import { errorText } from "../../app/error-text";
import { Icon } from "../../app/icon";
import { useText } from "../../app/text/language";
import { moveFocus } from "./move-focus";
import { RecentCustomers } from "./recent-customers-list";
import { SearchResults } from "./search-results";
import { useCustomerSearch } from "./use-customer-search";
import "./start-page.css";

export function StartPage() {
  const text = useText();
  const state = useCustomerSearch();
  const region = useRef<HTMLDivElement>(null);
  useEffect(() => {
    document.title = `${text.search.title} · ${text.app.name}`;
  }, [text]);

  function onKeyDown(event: KeyboardEvent) {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && region.current && moveFocus(region.current, step)) event.preventDefault();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys only move between the links inside
    <div className="start" ref={region} onKeyDown={onKeyDown}>
      <h1>{text.search.title}</h1>
      <search>
        <label className="search-field">
          <Icon name="search" />
          <span className="visually-hidden">{text.search.label}</span>
          <input
            type="search"
            name="search"
            data-arrows
            autoComplete="off"
            spellCheck={false}
            // biome-ignore lint/a11y/noAutofocus: finding the customer is what this page is for
            autoFocus
            placeholder={text.search.label}
            value={state.search}
            onChange={(event) => state.setSearch(event.target.value)}
          />
        </label>
        <p className="muted small">
          {text.search.hint} {text.search.keyboard}
        </p>
      </search>
      {state.error && (
        <p className="problem" role="alert">
          {errorText(state.error, text)}
        </p>
      )}
      <SearchResults state={state} />
      {!state.found && !state.busy && <RecentCustomers />}
    </div>
  );
}
