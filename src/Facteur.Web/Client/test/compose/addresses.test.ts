import { describe, expect, test } from "vitest";
import { addressKey, asciiDomain, formatAddress, isAddress, parseAddresses, wireEmail, withoutDoubles } from "../../src/compose/addresses";
import { workOf } from "../work";

const of = (text: string): string[] => parseAddresses(text).map((one) => (one.name === null ? one.email : `${one.name}|${one.email}`));

describe("lists that are pasted", () => {
  test.each([
    ["a@b.fr, c@d.fr;e@f.fr\ng@h.fr", ["a@b.fr", "c@d.fr", "e@f.fr", "g@h.fr"]],
    ["Jean Dupont <jean@x.fr>, \"Martin, Zoé\" <zoe@x.fr>", ["Jean Dupont|jean@x.fr", "Martin, Zoé|zoe@x.fr"]],
    ["Dupont, Jean <jean@x.fr>; Martin, Zoé <zoe@x.fr>", ["Dupont, Jean|jean@x.fr", "Martin, Zoé|zoe@x.fr"]],
    ["Pete(A nice \\) chap) <pete@silly.test>", ["Pete(A nice ) chap)|pete@silly.test"]],
    ["A Group:Ed Jones <joe@a.test>,joe@where.test,John <jdoe@one.test>;", ["Ed Jones|joe@a.test", "joe@where.test", "John|jdoe@one.test"]],
    ["a@b.fr c@d.fr", ["a@b.fr", "c@d.fr"]],
    ["Jean Dupont jean@x.fr", ["Jean Dupont|jean@x.fr"]],
    ["jean@x.fr (Jean)", ["Jean|jean@x.fr"]],
    ["mailto:jean@x.fr?subject=Bonjour", ["jean@x.fr"]],
    ["<jean@x.fr>", ["jean@x.fr"]],
    ["\"a \\\"b\\\" c\" <q@x.fr>", ["a \"b\" c|q@x.fr"]],
    ["jean@exämple.fr、b@c.jp", ["jean@exämple.fr", "b@c.jp"]],
    ["pas une adresse", ["pas une adresse"]],
    [" , ;\n", []],
  ])("%s", (text, expected) => expect(of(text)).toEqual(expected));

  test("a long hostile list takes no long time", () => {
    const work = workOf(() => {
      parseAddresses(`${"\"".repeat(20_000)}${"(".repeat(20_000)}${"<".repeat(20_000)}${" a,".repeat(20_000)}`);
      parseAddresses(" ".repeat(50_000) + "<".repeat(1_000));
    });
    expect(work).toBeLessThan(2_000);
  });
});

describe("addresses that can be", () => {
  test.each(["a@b.fr", "prénom.nom@exämple.fr", "o'neil+x@sub.example.co.uk", "\"a b\"@x.fr", "x@[192.0.2.1]", "用户@例え.jp"])("%s", (email) => expect(isAddress(email)).toBe(true));
  test.each(["", "a", "a@", "@b.fr", "a@b", "a b@c.fr", "a@b..fr", ".a@b.fr", "a.@b.fr", "a@-b.fr", "a@b.fr,", "a@b_c.fr", "a@b.fr>", "a@1.2.3.4", "a@b.f r", `${"x".repeat(65)}@b.fr`])(
    "%s cannot", (email) => expect(isAddress(email)).toBe(false));
});

test("international domains go out in ASCII", () => {
  expect(wireEmail("jean@Exämple.FR")).toBe("jean@xn--exmple-cua.fr");
  expect(asciiDomain("a/b.fr")).toBeNull();
  expect(addressKey("Jean@EXÄMPLE.fr")).toBe("jean@xn--exmple-cua.fr");
});

test("what is written reads back", () => {
  for (const name of ["Dupont, Jean", "a \"b\" \\c", "Zoé", "x@y"]) expect(parseAddresses(formatAddress({ name, email: "a@b.fr" }))).toEqual([{ name, email: "a@b.fr" }]);
  expect(withoutDoubles([{ name: null, email: "A@b.fr" }, { name: "x", email: "a@B.fr" }])).toHaveLength(1);
});
