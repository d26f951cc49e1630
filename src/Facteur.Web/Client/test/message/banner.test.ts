import { describe, expect, it } from "vitest";
import { bannerOf, readMailto, unsubscribingOf, type BannerFacts } from "../../src/message/banner";
import { authenticationOf } from "../../src/message/authentication";

const forged = authenticationOf([" m; dmarc=fail header.from=bank.test"], "m");
const all: BannerFacts = { isDraftOrSent: false, suspicion: { kind: "turnedName", real: "x" }, isSpam: true, authentication: forged, heldImages: 2, canUnsubscribe: true };

describe("banners", () => {
  it("come one at a time, the worst first", () => {
    const seen: string[] = [];
    let facts = all;
    for (const change of [{}, { suspicion: undefined }, { isSpam: false }, { authentication: undefined }, { heldImages: 0 }, { canUnsubscribe: false }] as Partial<BannerFacts>[]) {
      facts = { ...facts, ...change };
      seen.push(bannerOf(facts)?.kind ?? "none");
    }
    expect(seen).toEqual(["suspicion", "spam", "forged", "images", "unsubscribe", "none"]);
  });
  it("offer to take a suspect message out of the spam where it is in there, and to report it elsewhere", () => {
    expect(bannerOf(all)).toMatchObject({ kind: "suspicion", isSpam: true });
    expect(bannerOf({ ...all, isSpam: false })).toMatchObject({ kind: "suspicion", isSpam: false });
  });
  it("do not suspect what is one's own", () => expect(bannerOf({ ...all, isDraftOrSent: true })?.kind).toBe("images"));
});

describe("unsubscribing", () => {
  it("is one click only with an https address and the second field", () => {
    expect(unsubscribingOf(["https://l.test/x"], " List-Unsubscribe=One-Click")?.oneClick).toBe(true);
    expect(unsubscribingOf(["https://l.test/x"], null)?.oneClick).toBe(false);
    expect(unsubscribingOf(["http://l.test/x", "javascript:alert(1)", "data:text/html,x"], "List-Unsubscribe=One-Click")).toBeUndefined();
    expect(unsubscribingOf(null, null)).toBeUndefined();
  });
  it("by mail sets subject and text and nothing else", () => {
    expect(readMailto("mailto:out@l.test?subject=unsubscribe%20me&body=x&bcc=evil@x.y&attach=/etc/passwd")).toEqual({ to: "out@l.test", subject: "unsubscribe me", text: "x" });
    for (const url of ["mailto:", "mailto:%0aBcc:x@y", "mailto:a b@c.d", "https://x", "mailto:?to="]) expect(readMailto(url)).toBeUndefined();
    expect(readMailto("mailto:a@b.c?subject=x%0D%0ABcc:%20e@f.g")!.subject).toBe("x Bcc: e@f.g");
    expect(readMailto("mailto:a@b.c?subject=%E0%A4%A")!.subject).toBe("%E0%A4%A");
  });
});
