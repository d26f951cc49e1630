import { describe, expect, test } from "vitest";
import type { Chip } from "../src/search/completion";
import { filterOf } from "../src/search/filters";

const chip = (operator: string | null, value: string, more: Partial<Chip> = {}): Chip => ({ start: 0, length: 1, operator, value, isNegated: false, isAlternative: false, ...more });

describe("a filter of a search", () => {
  test("asks for what a message that comes in can be asked, in both languages", () => {
    expect(filterOf([chip("de", "ada"), chip("objet", '"la facture"'), chip("has", "attachment"), chip("larger", "1,5M"), chip(null, "word", { isNegated: true })])).toEqual({
      match: "all", left: [], conditions: [
        { field: "from", comparison: "contains", values: ["ada"] }, { field: "subject", comparison: "contains", values: ["la facture"] }, { field: "attachment", comparison: "exists" },
        { field: "size", comparison: "over", octets: 1_572_864 }, { field: "anywhere", comparison: "contains", values: ["word"], isNegated: true },
      ],
    });
  });

  test("leaves out what only mail that is there has", () => {
    const { conditions, left } = filterOf([chip("is", "unread"), chip("from", "me"), chip("to", "ada")]);
    expect([conditions.length, left.map((one) => one.operator)]).toEqual([1, ["is", "from"]]);
  });

  test("takes any of several, or what holds in any case where both are mixed", () => {
    expect(filterOf([chip("from", "ada"), chip("from", "bob", { isAlternative: true })])).toMatchObject({ match: "any", left: [] });
    expect(filterOf([chip("subject", "x"), chip("from", "ada"), chip("from", "bob", { isAlternative: true })])).toMatchObject({ match: "all", conditions: [{ field: "subject" }] });
  });
});
