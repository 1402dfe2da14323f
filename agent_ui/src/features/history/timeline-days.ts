/** Entries in groups of one day of the installation's zone, in the order they came in. */
import { dayKey } from "../../app/time";
import type { Placed } from "./timeline-order";

export type Day<Entry> = { key: string; entries: Entry[] };

export function groupByDay<Entry extends Placed>(entries: readonly Entry[]): Day<Entry>[] {
  const days: Day<Entry>[] = [];
  for (const entry of entries) {
    const key = dayKey(entry.occurredAt);
    const last = days.at(-1);
    if (last?.key === key) last.entries.push(entry);
    else days.push({ key, entries: [entry] });
  }
  return days;
}
