import { expect, test } from "vitest";
import { groupByDay } from "./timeline-days";

test("days are those of São Paulo, not of UTC", () => {
  // given: 02:30 UTC is still the evening before in São Paulo
  const entries = [
    { id: "b", occurredAt: "2026-11-22T03:00:00Z" },
    { id: "a", occurredAt: "2026-11-22T02:30:00Z" },
  ];
  // then
  expect(groupByDay(entries).map((day) => day.key)).toEqual(["2026-11-22", "2026-11-21"]);
});
