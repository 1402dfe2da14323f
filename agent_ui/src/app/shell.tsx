/** What every page has around it: the bar with home, search, language and account, and the skip link. */
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { AccountMenu } from "../features/session/account-menu";
import { Brand } from "./brand";
import { Icon } from "./icon";
import { useText } from "./text/language";
import { LanguageSwitch } from "./text/language-switch";

export function Shell() {
  const text = useText();
  useSearchKey();
  return (
    <>
      <a className="skip-link" href="#content">
        {text.app.skip}
      </a>
      <header className="bar">
        <Link to="/" className="bar-home" aria-label={`${text.app.name}: ${text.app.home}`}>
          <Brand />
        </Link>
        <Link to="/" className="bar-search">
          <Icon name="search" />
          <span>{text.search.title}</span>
          <kbd>/</kbd>
        </Link>
        <LanguageSwitch />
        <AccountMenu />
      </header>
      <main id="content" tabIndex={-1}>
        <Outlet />
      </main>
    </>
  );
}

/** `/` anywhere outside a field goes to the search. */
function useSearchKey(): void {
  const navigate = useNavigate();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
        return;
      event.preventDefault();
      const field = document.querySelector<HTMLInputElement>("input[type=search][name=search]");
      if (field) field.focus();
      else void navigate({ to: "/" });
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [navigate]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest("input, textarea, select, dialog, [contenteditable]") !== null
  );
}
