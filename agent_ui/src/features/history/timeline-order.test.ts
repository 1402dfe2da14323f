import { expect, test } from "vitest";
import { compareEntries, mergeEntries, microseconds } from "./timeline-order";

const at = (id: string, occurredAt: string) => ({ id, occurredAt });

test("times keep their microseconds, whatever the number of digits and the offset", () => {
  expect(microseconds("2026-11-22T12:00:00.123456Z")).toBe(1795348800123456n);
  expect(microseconds("2026-11-22T09:00:00.123456-03:00")).toBe(1795348800123456n);
  expect(microseconds("2026-11-22T12:00:00Z")).toBe(1795348800000000n);
  expect(microseconds("2026-11-22T12:00:00.5Z")).toBe(1795348800500000n);
});

test("newest first; one microsecond decides; the same instant goes by id, highest first", () => {
  // given
  const older = at("ff", "2026-11-22T12:00:00.000001Z");
  const newer = at("00", "2026-11-22T12:00:00.000002Z");
  const twin = at("01", "2026-11-22T12:00:00.000002Z");
  // then
  expect([older, newer, twin].sort(compareEntries)).toEqual([twin, newer, older]);
  expect(compareEntries(older, older)).toBe(0);
});

test("merging puts each entry in its place once, and the newer copy wins", () => {
  // given
  const shown = [at("c", "2026-11-22T12:00:03Z"), at("a", "2026-11-22T12:00:01Z")];
  const again = { ...at("a", "2026-11-22T12:00:01Z"), title: "changed" };
  // when
  const merged = mergeEntries<{ id: string; occurredAt: string; title?: string }>(shown, [
    at("d", "2026-11-22T12:00:04Z"),
    again,
    at("b", "2026-11-22T12:00:02Z"),
    at("z", "2026-11-22T12:00:00Z"),
  ]);
  // then
  expect(merged.map((entry) => entry.id)).toEqual(["d", "c", "b", "a", "z"]);
  expect(merged[3]).toBe(again);
});
