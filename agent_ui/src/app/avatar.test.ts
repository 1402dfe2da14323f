import { expect, test } from "vitest";
import { initials } from "./avatar";

test("first and last name, whatever is between", () => {
  expect(initials("Ângela Maria de Souza")).toBe("ÂS");
  expect(initials("  Cher ")).toBe("C");
  expect(initials(null)).toBe("?");
  expect(initials("😀 x")).toBe("😀X");
});
