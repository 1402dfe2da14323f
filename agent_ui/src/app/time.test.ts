import { expect, test } from "vitest";
import { formatDateTime, formatDay, formatDuration, secondsBetween, zoneOffset } from "./time";

test("times are told in São Paulo, in 24 hours, in both languages", () => {
  expect(formatDateTime("2026-11-22T02:05:00Z", "pt-BR")).toBe("21/11/2026 23:05");
  expect(formatDateTime("2026-11-22T03:00:00Z", "en-GB")).toBe("22/11/2026 00:00");
});

test("a day has its weekday", () => {
  expect(formatDay("2026-11-22T15:00:00Z", "pt-BR")).toBe("domingo, 22 de novembro de 2026");
  // the comma came and went between releases of the language data
  expect(formatDay("2026-11-22T15:00:00Z", "en-GB")).toMatch(/^Sunday,? 22 November 2026$/);
});

test("a time of the years with summer time has the offset of then", () => {
  expect(formatDateTime("2018-12-01T12:00:00Z", "pt-BR")).toBe("01/12/2018 10:00");
  expect(zoneOffset("2018-12-01T12:00:00Z")).toBe("-02:00");
});

test("durations read well at each size", () => {
  expect(formatDuration(7)).toBe("7 s");
  expect(formatDuration(125)).toBe("2 min 05 s");
  expect(formatDuration(3780)).toBe("1 h 03 min");
  expect(secondsBetween("2026-11-22T12:00:00Z", "2026-11-22T12:02:05.4Z")).toBe(125);
  expect(secondsBetween("2026-11-22T12:00:01Z", "2026-11-22T12:00:00Z")).toBe(0);
});
