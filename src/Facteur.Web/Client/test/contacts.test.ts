import { describe, expect, test } from "vitest";
import { entryOf, type Card } from "../src/contacts/book";
import { Correspondents } from "../src/compose/correspondents";

const now = Date.parse("2026-03-14T12:00:00Z");
const day = 86_400_000;
const entry = (id: string, name: string | null, ...emails: string[]) => ({ id, name, emails });

describe("cards", () => {
  const of = (card: Omit<Card, "id">) => entryOf({ id: "c1", ...card });
  test("name and addresses, the preferred one first", () =>
    expect(of({ name: { full: " Élodie\n Martin " }, emails: { a: { address: "a@x.fr", pref: 2 }, b: { address: "b@x.fr", pref: 1 }, c: { address: "b@x.fr" } } })).toEqual({ id: "c1", name: "Élodie Martin", emails: ["b@x.fr", "a@x.fr"] }));
  test("a name by its parts, or what else tells whose it is", () => {
    const emails = { a: { address: "a@x.fr" } };
    expect(of({ emails, name: { components: [{ kind: "given", value: "Ada" }, { kind: "separator", value: "-" }, { kind: "surname", value: "Lovelace" }] } })?.name).toBe("Ada Lovelace");
    expect(of({ emails, nicknames: { n: { name: "Lo" } } })?.name).toBe("Lo");
    expect(of({ emails, organizations: { o: { name: "Société" } } })?.name).toBe("Société");
    expect(of({ emails })?.name).toBeNull();
  });
  test("nobody to write to is no entry", () => expect(of({ name: { full: "Ada" } })).toBeNull());
  test("what is of no shape is passed over", () => {
    for (const odd of [null, 3, "x", [], [1], { a: null }, { a: 3 }, { a: { address: 3 } }, { a: { address: "none" } }]) expect(of({ name: odd, nicknames: odd, organizations: odd, emails: odd })).toBeNull();
    expect(of({ name: { full: 3, components: [null, "x", { value: 3 }] }, emails: { a: { address: "a@x.fr", pref: "1" } } })).toEqual({ id: "c1", name: null, emails: ["a@x.fr"] });
  });
});

describe("completion from the address book", () => {
  const people = (): Correspondents => {
    const index = new Correspondents();
    index.add({ name: "Élodie Martin", email: "elodie@x.fr" }, now - day);
    index.add({ name: "Eloi Grand", email: "eloi@x.fr" }, now - day);
    return index;
  };
  test("finds without accents who was never written to", () => {
    const found = people().withBook([entry("c1", "Zoé Lémery", "zoe@y.fr", "zl@y.fr")]).find("lemery zo", now);
    expect(found).toEqual([{ name: "Zoé Lémery", email: "zl@y.fr" }, { name: "Zoé Lémery", email: "zoe@y.fr" }]);
  });
  test("of two written to alike the one in the book stands first", () => {
    expect(people().find("el", now)[0]?.email).toBe("elodie@x.fr");
    expect(people().withBook([entry("c1", "Eloi Grand", "ELOI@x.fr")]).find("el", now).map((one) => one.email)).toEqual(["ELOI@x.fr", "elodie@x.fr"]);
  });
  test("whoever is written to often stands before who is only in the book", () => {
    const index = people();
    for (let i = 0; i < 5; i++) index.add({ name: "Eloi Grand", email: "eloi@x.fr" }, now - i * day);
    expect(index.withBook([entry("c1", "Elsa", "elsa@x.fr")]).find("el", now)[0]?.email).toBe("eloi@x.fr");
  });
  test("the name in the book is the one shown, and finds", () => {
    const index = people().withBook([entry("c1", "Maman", "elodie@x.fr")]);
    expect(index.find("mam", now)).toEqual([{ name: "Maman", email: "elodie@x.fr" }]);
    expect(index.find("elodie", now)).toEqual([{ name: "Maman", email: "elodie@x.fr" }]);
    expect(index.find("maman", now, [{ name: null, email: "ELODIE@x.fr" }])).toEqual([]);
  });
  test("is no stranger, and is not kept among who was written to", () => {
    const index = people().withBook([entry("c1", "Zoé", "zoe@y.fr")]);
    expect([index.has("ZOE@y.fr"), index.domains().has("y.fr"), index.save(now).people.length]).toEqual([true, true, 2]);
    expect(index.withBook([]).has("zoe@y.fr")).toBe(false);
  });
  test("a long book is looked through as a whole", () => {
    const book = Array.from({ length: 3_000 }, (_, i) => entry(`c${i}`, `Prénom${i} Nom${i}`, `n${i}@x.fr`));
    expect(people().withBook(book).find("nom2999", now)[0]?.email).toBe("n2999@x.fr");
  });
});
