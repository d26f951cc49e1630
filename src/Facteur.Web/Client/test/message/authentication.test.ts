import { describe, expect, it } from "vitest";
import { authenticationOf, domainOf, verdictOf } from "../../src/message/authentication";

const field = ` mail.demo.test 1; spf=pass smtp.mailfrom=list.test;\r\n\tdkim=pass header.d=list.test header.s=k1 header.b="ab/c";\r\n\tdkim=fail reason="body; hash" header.d=other.test;\r\n\tdmarc=fail (p=reject dis=none) header.from=bank.test; arc=none`;

describe("Authentication-Results", () => {
  it("reads methods, results and properties of our own field", () => {
    const results = authenticationOf([" elsewhere.test; spf=fail", field], "mail.demo.test")!;
    expect([verdictOf(results.spf), verdictOf(results.dmarc), verdictOf(results.arc)]).toEqual(["pass", "fail", "none"]);
    expect(results.dkim.map((one) => [one.result, domainOf(one), one.properties["header.b"]])).toEqual([["pass", "list.test", "ab/c"], ["fail", "other.test", undefined]]);
    expect(results.dkim[1]!.reason).toBe("body; hash");
    expect(domainOf(results.dmarc!)).toBe("bank.test");
  });
  it("believes nobody else", () => {
    expect(authenticationOf([" other.test; spf=pass", " (mail.demo.test) other.test; spf=pass", ""], "mail.demo.test")).toBeUndefined();
  });
  it("takes the first of ours, which the server wrote", () => {
    expect(authenticationOf([" mail.demo.test; dmarc=fail", " mail.demo.test; dmarc=pass"], "mail.demo.test")!.dmarc!.result).toBe("fail");
  });
  it("finds nothing inside quotation marks and comments", () => {
    const results = authenticationOf([' mail.demo.test; spf=fail reason="x; dmarc=pass" (; dkim=pass) smtp.mailfrom="a b; c=d"'], "mail.demo.test")!;
    expect([results.dmarc, results.dkim.length, results.spf!.properties["smtp.mailfrom"]]).toEqual([undefined, 0, "a b; c=d"]);
  });
  it("survives what is cut anywhere", () => {
    for (let length = 0; length < field.length; length++) expect(() => authenticationOf([field.slice(0, length)], "mail.demo.test")).not.toThrow();
    expect(authenticationOf([" mail.demo.test; __proto__=x constructor=y; spf=pass __proto__=z"], "mail.demo.test")!.spf!.result).toBe("pass");
  });
});
