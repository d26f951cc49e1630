import { describe, expect, test, vi } from "vitest";
import type { MailStore } from "../src/store/mailStore";
import { askShown, shownSearch, type Parsed } from "../src/search/parse";
import { complete, narrow, recall, remember, withoutChip, wordAt } from "../src/search/completion";

describe("the word at the cursor", () => {
  test("begins behind a space, a parenthesis or a brace, but not in a phrase", () => {
    expect(wordAt({ text: "from:ada fr", cursor: 11 })).toEqual({ start: 9, word: "fr" });
    expect(wordAt({ text: "(su", cursor: 3 })).toEqual({ start: 1, word: "su" });
    expect(wordAt({ text: 'subject:"a b', cursor: 12 })).toEqual({ start: 0, word: 'subject:"a b' });
  });
});

describe("Tab", () => {
  test("puts an operator in place of the word, and waits for its value", () => {
    expect(complete("fr", { start: 0, length: 2, text: "from:" })).toEqual({ text: "from:", cursor: 5 });
  });

  test("goes on behind a value that is whole", () => {
    expect(complete("is:unr invoice", { start: 0, length: 6, text: "is:unread" })).toEqual({ text: "is:unread invoice", cursor: 10 });
    expect(complete("has:att", { start: 0, length: 7, text: "has:attachment" })).toEqual({ text: "has:attachment ", cursor: 15 });
  });

  test("offers only what still fits what was typed since", () => {
    const answer = [{ start: 0, length: 1, text: "objet:" }, { start: 0, length: 1, text: "is:unread" }];
    expect(narrow(answer, { text: "obj", cursor: 3 }).map((one) => [one.text, one.length])).toEqual([["objet:", 3]]);
    expect(narrow([{ start: 0, length: 1, text: "après:" }], { text: "apre", cursor: 4 })).toHaveLength(1);
    expect(narrow(answer, { text: "obj ", cursor: 4 })).toEqual([]);
  });
});

describe("a chip that is taken away", () => {
  test("leaves the rest, without the OR that bound it", () => {
    expect(withoutChip("from:ada invoice", { start: 0, length: 8 })).toBe("invoice");
    expect(withoutChip("ada OR bob", { start: 0, length: 3 })).toBe("bob");
    expect(withoutChip("ada OR bob", { start: 7, length: 3 })).toBe("ada");
    expect(withoutChip("ada", { start: 0, length: 3 })).toBeNull();
  });
});

describe("recent searches", () => {
  test("stand once each, the newest first", () => {
    expect(remember(["b", "Été"], "ete")).toEqual(["ete", "b"]);
    expect(remember(["b"], "  ")).toEqual(["b"]);
    expect(remember(Array.from({ length: 20 }, (_, at) => `s${at}`), "x")).toHaveLength(12);
  });

  test("are found by a part", () => expect(recall(["from:ada", "invoice"], "ADA", 3)).toEqual(["from:ada"]));
});

describe("parts of the search that is shown", () => {
  test("are those of the last one, whichever is answered first, and asked for once", async () => {
    const answers = new Map<string, (parsed: Parsed) => void>();
    const fails: (() => void)[] = [];
    const call = vi.fn((_: string, { query }: { query: string }) => new Promise<Parsed>((resolve, reject) => {
      answers.set(query, resolve);
      fails.push(() => reject(new Error("no connection")));
    }));
    const store = { client: { call } } as unknown as MailStore;
    const parsed = (canonical: string): Parsed => ({ canonical, leavesOutJunkAndTrash: false, chips: [], hints: [], completions: [] });
    const asked = [askShown(store, "first"), askShown(store, "second"), askShown(store, "second")];
    answers.get("second")!(parsed("second"));
    answers.get("first")!(parsed("first"));
    await Promise.all(asked);
    expect(shownSearch.value).toEqual({ text: "second", parsed: parsed("second") });
    expect(call).toHaveBeenCalledTimes(2);
    const third = askShown(store, "third");
    fails.at(-1)!();
    await expect(third).rejects.toThrow("no connection");
    void askShown(store, "third");
    expect(call).toHaveBeenCalledTimes(4);
  });
});
