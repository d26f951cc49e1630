import { describe, expect, it } from "vitest";
import { isMixedDomain, toUnicode } from "../../src/message/domains";
import { nameOf, plainName, shownAddress } from "../../src/message/names";
import { needsAddress, suspicionOf } from "../../src/message/suspicion";

const own = [{ name: "Claire Martin", email: "claire@demo.test" }];
const of = (name: string | null, email: string) => suspicionOf({ name, email }, own)?.kind;

describe("domains", () => {
  it.each(["аррӏе.com", "xn--80ak6aa92e.com", "pаypal.com", "xn--pypal-4ve.com", "gооgle.com", "bank．test‐shop.com", "xn--!!!.com", "ƽ\u0301\u0301x.com"])("%s can be taken for another", (domain) => expect(isMixedDomain(domain)).toBe(true));
  it.each(["apple.com", "élysée.fr", "münchen.de", "россия.рф", "παράδειγμα.gr", "例え.jp", "한국.kr", "xn--mnchen-3ya.de", "a-b_c.test", "abc日本.jp"])("%s is what it looks like", (domain) => expect(isMixedDomain(domain)).toBe(false));
  it("decodes A-labels", () => expect([toUnicode("xn--mnchen-3ya.de"), toUnicode("xn--fsqu00a.xn--0zwm56d"), toUnicode("xn--99999999999999.x")]).toEqual(["münchen.de", "例子.测试", "xn--99999999999999.x"]));
  it("are shown in ASCII when they can be taken for others", () => expect([shownAddress("a@xn--mnchen-3ya.de"), shownAddress("a@аррӏе.com")]).toEqual(["a@münchen.de", "a@xn--80ak6aa92e.com"]));
});

describe("senders", () => {
  it("are suspect when the name shows another address", () => {
    expect(of("service@bank.example", "x@evil.test")).toBe("addressInName");
    expect(of("Bank <service＠bank.example>", "x@evil.test")).toBe("addressInName");
    expect(of("anna@shop.example via Forum", "forum@lists.shop.example")).toBeUndefined();
    expect(of("x@evil.test", "x@evil.test")).toBeUndefined();
    expect(of("se\u200brvice@ba\u200bnk.example", "x@evil.test")).toBe("addressInName");
  });
  it("are suspect with my own name from elsewhere", () => {
    expect(of("Claire Martin", "ceo@evil.test")).toBe("ownName");
    expect(of("claire\u200b  martin", "ceo@evil.test")).toBe("ownName");
    expect(of("Claire Martin", "claire@demo.test")).toBeUndefined();
    expect(of("Claire Martin", "claire.martin@demo.test")).toBeUndefined();
    expect(of("Claire", "ceo@evil.test")).toBeUndefined();
  });
  it("are suspect when their name turns the line round, or their domain looks like another", () => {
    expect(of("gnp.\u202etxt", "x@evil.test")).toBe("turnedName");
    expect(of("Apple", "x@аррӏе.com")).toBe("lookalike");
    expect(of(null, "x@honest.test")).toBeUndefined();
  });
  it("show their address when the name hides it or nobody knows them", () => {
    expect([needsAddress({ name: "A", email: "a@b.c" }, true), needsAddress({ name: "A", email: "a@b.c" }, false), needsAddress({ name: "a@b", email: "a@b.c" }, true), needsAddress({ name: null, email: "a@b.c" }, true)]).toEqual([false, true, true, true]);
  });
  it("have names of one line without what nobody sees", () => {
    expect([plainName("a\r\nb\u202ec\u200b"), nameOf({ name: "\u200b", email: "x@y.z" }), plainName("x".repeat(900)).length]).toEqual(["a bc", "x@y.z", 200]);
  });
});
