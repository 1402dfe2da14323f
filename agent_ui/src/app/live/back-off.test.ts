import { expect, test } from "vitest";
import { backOffDelay } from "./back-off";

test("waits double from half a second to fifteen, with half of it at random", () => {
  const longest = [1, 2, 3, 4, 5, 6, 20].map((failures) => backOffDelay(failures, () => 1));
  expect(longest).toEqual([500, 1000, 2000, 4000, 8000, 15000, 15000]);
  expect(backOffDelay(3, () => 0)).toBe(1000);
});
