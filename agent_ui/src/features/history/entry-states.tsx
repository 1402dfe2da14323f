import { useText } from "../../app/text/language";
import type { TimelineEntry } from "./timeline-entry";

const GOOD = new Set(["DELIVERED", "OPENED", "CLICKED", "ACCEPTED", "CONVERTED"]);
const BAD = new Set(["BOUNCED", "FAILED", "RETURNED", "DECLINED"]);

/** What became of a message or an offer, in a word and a colour. */
export function EntryStates({ entry }: { entry: TimelineEntry }) {
  const text = useText();
  if (entry.__typename === "MessageEntry" && entry.deliveryState) {
    return (
      <span className={chipOf(entry.deliveryState)}>
        {text.delivery[entry.deliveryState] ?? entry.deliveryState}
        {entry.stateReason && `: ${entry.stateReason}`}
      </span>
    );
  }
  if (entry.__typename === "OfferEntry" && entry.response) {
    const response = entry.response.toUpperCase();
    return (
      <span className={chipOf(response)}>
        {text.response[response] ?? entry.response}
        {entry.responseReason && `: ${entry.responseReason}`}
      </span>
    );
  }
  return null;
}

function chipOf(state: string): string {
  if (GOOD.has(state)) return "chip good";
  return BAD.has(state) ? "chip bad" : "chip";
}
