/** The total order of a timeline: newest first by (time, id), the id compared byte by byte. */
export type Placed = { id: string; occurredAt: string };

/** Negative when `a` stands above `b`. */
export function compareEntries(a: Placed, b: Placed): number {
  const byTime = microseconds(b.occurredAt) - microseconds(a.occurredAt);
  if (byTime !== 0n) return byTime < 0n ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id > b.id ? -1 : 1;
}

/** The service's times have microseconds, which `Date` cuts off. */
export function microseconds(iso: string): bigint {
  const fraction = /\.(\d+)/.exec(iso)?.[1] ?? "";
  const below = fraction.padEnd(6, "0").slice(3, 6);
  return BigInt(Date.parse(iso)) * 1000n + BigInt(below || "0");
}

/**
 * Entries in order, and others in any order, become one list in order; of entries with the same id the one of
 * `extra` wins. Linear in the long list: it runs once per page, however long the history is.
 */
export function mergeEntries<Entry extends Placed>(
  entries: readonly Entry[],
  extra: readonly Entry[],
): readonly Entry[] {
  if (extra.length === 0) return entries;
  const added = [...new Map(extra.map((entry) => [entry.id, entry])).values()].sort(compareEntries);
  const replaced = new Set(added.map((entry) => entry.id));
  const merged: Entry[] = [];
  let next = 0;
  for (const entry of entries) {
    if (replaced.has(entry.id)) continue;
    for (let one = added[next]; one && compareEntries(one, entry) < 0; one = added[next]) {
      merged.push(one);
      next += 1;
    }
    merged.push(entry);
  }
  return merged.concat(added.slice(next));
}
