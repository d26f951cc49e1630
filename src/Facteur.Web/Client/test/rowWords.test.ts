import { afterAll, describe, expect, test, vi } from "vitest";
import english from "../src/i18n/en";
import french from "../src/i18n/fr";
import { fill } from "../src/i18n/texts";
import { beginSettings } from "../src/settings/settings";
import { ofRows, rowsOf, type RowKey } from "../src/store/rowWords";

vi.stubGlobal("localStorage", { getItem: () => null, setItem: () => undefined, removeItem: () => undefined });
afterAll(() => beginSettings("a1", undefined));

const keys = Object.keys(english).filter((key) => `${key}Messages` in english) as RowKey[];

describe("what is said of rows", () => {
  test("is said of conversations, or of messages where these stand alone", () => {
    beginSettings("a1", JSON.stringify({ conversations: true }));
    expect([ofRows("done.archived"), rowsOf(5, 2)]).toEqual(["done.archived", 2]);
    beginSettings("a1", JSON.stringify({ conversations: false }));
    expect([ofRows("done.archived"), rowsOf(5, 2)]).toEqual(["done.archivedMessages", 5]);
  });

  test("names messages and never conversations where these stand alone, in both languages", () => {
    expect(keys.length).toBeGreaterThan(15);
    for (const [texts, plural] of [[english, new Intl.PluralRules("en")], [french, new Intl.PluralRules("fr")]] as const)
      for (const key of keys)
        for (const count of [1, 3]) {
          const said = fill(texts[`${key}Messages`], { count, place: "x", mailbox: "x", time: "x" }, plural, new Intl.NumberFormat("en"));
          expect(said).not.toMatch(/conversation|\{|[ée]es\b/iu);
        }
  });
});
