/**
 * A note being typed, one per customer, so that it survives a look at another customer and can never show up on the
 * wrong one. In memory alone; leaving the page with a draft asks first.
 */
import { useEffect, useState } from "react";

const drafts = new Map<string, string>();

function askBeforeLeaving(event: BeforeUnloadEvent): void {
  if (drafts.size > 0) event.preventDefault();
}

export function useDraft(customerId: string): [string, (draft: string) => void] {
  const [draft, setDraft] = useState(() => drafts.get(customerId) ?? "");
  useEffect(() => {
    if (draft) drafts.set(customerId, draft);
    else drafts.delete(customerId);
  }, [customerId, draft]);
  useEffect(() => {
    window.addEventListener("beforeunload", askBeforeLeaving);
    return () => window.removeEventListener("beforeunload", askBeforeLeaving);
  }, []);
  return [draft, setDraft];
}
