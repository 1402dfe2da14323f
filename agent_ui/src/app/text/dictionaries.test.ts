import { expect, test } from "vitest";
import { en } from "./en";
import { pt } from "./pt";

type Leaf = [path: string, text: unknown];

function leaves(value: unknown, path = ""): Leaf[] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, `${path}.${key}`));
}

const portuguese = new Map(leaves(pt));
const english = new Map(leaves(en));

test("both languages have the same texts", () => {
  const missing = [...portuguese.keys()].filter((path) => !english.has(path));
  const extra = [...english.keys()].filter((path) => !portuguese.has(path));
  expect({ missing, extra }).toEqual({ missing: [], extra: [] });
});

test("no text is empty, and those with values take the same values", () => {
  for (const [path, text] of portuguese) {
    const other = english.get(path);
    expect(typeof other, path).toBe(typeof text);
    if (typeof text === "function") expect((other as () => void).length, path).toBe(text.length);
    else expect([text, other], path).not.toContain("");
  }
});

test("one and many are told apart", () => {
  expect(pt.timeline.newEntries(1)).toBe("1 novo");
  expect(pt.timeline.newEntries(3)).toBe("3 novos");
  expect(en.search.results(1)).toBe("1 customer found");
  expect(en.search.results(1200)).toBe("1,200 customers found");
});
