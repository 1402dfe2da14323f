import { expect, test } from "vitest";
import { inDays, startOfDay } from "./defer-date";

test("days are counted in São Paulo", () => {
  // given: 01:00 UTC of the 23rd is the 22nd there
  const now = Date.parse("2026-11-23T01:00:00Z");
  expect(inDays(7, now)).toBe("2026-11-29");
});

test("a date begins at midnight of São Paulo", () => {
  expect(startOfDay("2026-11-29")).toBe("2026-11-29T00:00:00-03:00");
});
