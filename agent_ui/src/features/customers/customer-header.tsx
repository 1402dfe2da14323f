import { useEffect, useRef, useState } from "react";
import { Avatar } from "../../app/avatar";
import { Dialog } from "../../app/dialog";
import type { LiveStatus } from "../../app/live/live-connection";
import { useText } from "../../app/text/language";
import { FreshnessBadge } from "../history/freshness-badge";
import { LiveBadge } from "../history/live-badge";
import type { TimelinePage } from "../history/timeline-entry";
import { ConsentChips } from "./consent-chips";
import { ContactPreference } from "./contact-preference";
import { CustomerDetails } from "./customer-details";
import type { CustomerHeaderData } from "./customer-page-query";
import { KeyItem } from "./key-item";
import "./customer-header.css";

const KEYS_SHOWN = 4;
const SEGMENTS_SHOWN = 3;

type HeaderProps = {
  customer: CustomerHeaderData;
  live: LiveStatus;
  freshness: TimelinePage["freshness"];
};

export function CustomerHeader({ customer, live, freshness }: HeaderProps) {
  const text = useText();
  const [details, setDetails] = useState(false);
  const element = useRef<HTMLElement>(null);
  useHeightAsOffset(element);
  const hidden = customer.keys.length - KEYS_SHOWN;
  return (
    <header className="customer-head" ref={element}>
      <div className="customer-head-inside">
        <Avatar name={customer.name} />
        <div className="customer-who">
          <div className="customer-title">
            <h1 id="customer-name">{customer.name ?? text.customer.unnamed}</h1>
            {customer.shared && <Mark label={text.customer.shared} hint={text.customer.sharedHint} />}
            {customer.incomplete && (
              <Mark label={text.customer.incomplete} hint={text.customer.incompleteHint} />
            )}
            {customer.segments.slice(0, SEGMENTS_SHOWN).map((segment) => (
              <span key={segment.id} className="chip accent">
                {segment.name}
              </span>
            ))}
          </div>
          <ul className="keys" aria-label={text.customer.keys}>
            {customer.keys.slice(0, KEYS_SHOWN).map((key) => (
              <KeyItem key={key.id} customerId={customer.id} customerKey={key} />
            ))}
            {hidden > 0 && <li className="muted">{text.customer.moreKeys(hidden)}</li>}
          </ul>
          <div className="customer-facts">
            <ContactPreference channels={customer.channels} />
            <ConsentChips consents={customer.consents} />
          </div>
        </div>
        <div className="customer-state">
          <FreshnessBadge freshness={freshness} live={live} />
          <LiveBadge status={live} />
          <button type="button" className="button small" onClick={() => setDetails(true)}>
            {text.customer.details}
          </button>
        </div>
      </div>
      {details && (
        <Dialog title={text.customer.details} onClose={() => setDetails(false)}>
          <CustomerDetails customer={customer} />
        </Dialog>
      )}
    </header>
  );
}

function Mark({ label, hint }: { label: string; hint: string }) {
  return (
    <span className="chip warn" title={hint}>
      {label}
    </span>
  );
}

/** What sticks below the header, and what the focus scrolls to, must know how tall it is. */
function useHeightAsOffset(element: React.RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const root = document.documentElement;
    const observer = new ResizeObserver(([entry]) => {
      const height = entry?.borderBoxSize[0]?.blockSize ?? 0;
      root.style.setProperty("--head-height", `${Math.ceil(height)}px`);
    });
    if (element.current) observer.observe(element.current);
    return () => {
      observer.disconnect();
      root.style.removeProperty("--head-height");
    };
  }, [element]);
}
