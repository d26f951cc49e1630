import { describe, expect, test } from "vitest";
import { BroughtAnswers } from "../src/jmap/brought";
import type { Call } from "../src/jmap/client";

const calls: readonly Call[] = [["Email/query", { accountId: "a1", limit: 50 }, "query"]];
const answers = [["Email/query", { ids: ["e1"] }, "query"]];
const text = JSON.stringify([{ calls, answers }]);

describe("BroughtAnswers", () => {
  test("answers exactly the calls it was brought for, once", () => {
    const brought = new BroughtAnswers(text);
    expect(brought.take([["Email/query", { accountId: "a1", limit: 51 }, "query"]])).toBeUndefined();
    expect(brought.take(calls)).toEqual(answers);
    expect(brought.take(calls)).toBeUndefined();
  });
  test("has nothing more once the page has begun", () => {
    const brought = new BroughtAnswers(text);
    brought.forget();
    expect(brought.take(calls)).toBeUndefined();
  });
  test.each([undefined, null, "", "{", "nonsense"])("is empty for %s", (wrong) => {
    expect(new BroughtAnswers(wrong).take(calls)).toBeUndefined();
  });
});
