import { describe, expect, test } from "vitest";
import { spansOf } from "../src/message/marks";
import { readSnippet, wordsOf } from "../src/search/snippet";
import type { Chip } from "../src/search/completion";

const chip = (operator: string | null, value: string, isNegated = false): Chip => ({ start: 0, length: 1, operator, value, isNegated, isAlternative: false });
const marked = (text: string, words: readonly string[]) => spansOf(text, words).map(({ from, to }) => text.slice(from, to));

describe("snippets", () => {
  test("are stretches of text, whatever stands in them", () => {
    expect(readSnippet("a <mark>b</mark> c")).toEqual([{ text: "a ", isFound: false }, { text: "b", isFound: true }, { text: " c", isFound: false }]);
    expect(readSnippet("&lt;mark&gt;x&lt;/mark&gt; &amp;amp; <mark>&lt;img src=x onerror=alert(1)&gt;</mark>")).toEqual([{ text: "<mark>x</mark> &amp; ", isFound: false }, { text: "<img src=x onerror=alert(1)>", isFound: true }]);
    expect(readSnippet("<b>x</b>&nbsp;")).toEqual([{ text: "<b>x</b>&nbsp;", isFound: false }]);
    expect(readSnippet("")).toEqual([]);
  });
});

describe("words of a search", () => {
  test("are those of subject and text, without what is left out", () => {
    expect(wordsOf([chip(null, "facture"), chip("from", "clara"), chip("objet", "Devis"), chip(null, "spam", true), chip(null, '"trois mots ici"'), chip("is", "unread")])).toEqual(["facture", "Devis", "trois mots ici"]);
    expect(wordsOf([chip(null, '{mars "avril mai" from:x -juin}'), chip(null, "(a OR juillet)")])).toEqual(["mars", "avril mai", "juillet"]);
  });
});

describe("marks", () => {
  test("stand on the words, whatever their case and accents", () => {
    expect(marked("Invoice, INVOICES", ["invoice"])).toEqual(["Invoice", "INVOICE"]);
    expect(marked("Reçu à l’ÉTÉ dernier, été", ["recu", "ete"])).toEqual(["Reçu", "ÉTÉ", "été"]);
    expect(marked("e\u0301te\u0301 é", ["été"])).toEqual(["e\u0301te\u0301"]);
    expect(marked("😀 émoji 😀", ["emoji"])).toEqual(["émoji"]);
  });
  test("do not overlap", () => expect(marked("abcd", ["abc", "bcd", "b"])).toEqual(["abcd"]));
  test("are none for nothing, and bounded for much", () => {
    expect(spansOf("x", [])).toEqual([]);
    expect(spansOf("x", [""])).toEqual([]);
    expect(spansOf("ab".repeat(10_000), ["a"]).length).toBe(1_000);
  });
});
