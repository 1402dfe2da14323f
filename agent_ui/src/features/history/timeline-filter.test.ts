import { expect, test } from "vitest";
import { anEntry } from "./an-entry";
import { entryMatches, parseChannels, toVariables } from "./timeline-filter";

test("channels come from the address in the order of the chips, without what is unknown", () => {
  expect(parseChannels("EMAIL,voice,PIGEON")).toEqual(["VOICE", "EMAIL"]);
  expect(parseChannels("")).toEqual([]);
  expect(parseChannels(undefined)).toEqual([]);
  expect(parseChannels(["VOICE"])).toEqual([]);
});

test("an empty filter asks for nothing", () => {
  expect(toVariables({ channels: [], text: "" })).toBeNull();
  expect(toVariables({ channels: ["SMS"], text: "" })).toEqual({ channels: ["SMS"] });
  expect(toVariables({ channels: [], text: "fatura" })).toEqual({ text: "fatura" });
});

test("a live entry is judged by its channel; text only the service can judge", () => {
  const call = anEntry("a", "2026-11-22T12:00:00Z", { channel: "VOICE" });
  expect(entryMatches(call, { channels: [], text: "" })).toBe(true);
  expect(entryMatches(call, { channels: ["SMS"], text: "" })).toBe(false);
  expect(entryMatches(call, { channels: ["SMS"], text: "fatura" })).toBe(false);
  expect(entryMatches(call, { channels: ["VOICE"], text: "fatura" })).toBe("unknown");
});
