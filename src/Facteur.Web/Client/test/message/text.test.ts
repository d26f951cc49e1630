import { describe, expect, it } from "vitest";
import { linkify } from "../../src/message/linkify";
import { readPlain } from "../../src/message/quotes";
import { hiddenTarget } from "../../src/message/targets";
import { isKept } from "../../src/message/styles";

const links = (text: string) => linkify(text).filter((one) => one.kind !== "text").map((one) => (one.kind === "web" ? one.href : one.kind === "mail" ? one.address : ""));

describe("links in text", () => {
  it.each([
    ["see https://a.test/x?y=1, please", ["https://a.test/x?y=1"]],
    ["(https://a.test/wiki/X_(y))", ["https://a.test/wiki/X_(y)"]],
    ["<https://a.test/>", ["https://a.test/"]],
    ["www.demo.test!", ["https://www.demo.test/"]],
    ["écrire à claire@demo.test.", ["claire@demo.test"]],
    ["javascript:alert(1) data:text/html,x vbscript:x file:///etc", []],
    ["https://", []],
    ["report.pdf and a@b", []],
    ["«https://a.test/é»", ["https://a.test/%C3%A9"]],
  ])("%s", (text, found) => expect(links(text)).toEqual(found));
  it("keeps every character of the text", () => {
    for (const text of ["a https://x.test/).,b www.y.test\nc@d.test", "https://[", "http://a..b/ x"]) expect(linkify(text).map((one) => one.text).join("")).toBe(text);
  });
  it("takes no longer for what was made to take long", () => {
    const start = performance.now();
    for (const text of ["a@".repeat(50_000), "https://".repeat(20_000), "a.".repeat(100_000) + "@", `https://x/${")".repeat(20_000)}`]) linkify(text);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});

describe("quotes in text", () => {
  const folded = (text: string) => {
    const message = readPlain(text);
    return message.blocks.slice(message.foldFrom).map((one) => one.text);
  };
  it("folds what ends the message, with the line that says by whom", () => {
    expect(folded("Oui.\n\nLe lun. 3 nov. 2026 à 10:12, Claire a écrit :\n> Non ?\n>> Si\n")).toEqual(["Le lun. 3 nov. 2026 à 10:12, Claire a écrit :", "Non ?", "Si"]);
    expect(folded("Yes\n\nOn Monday, Claire Martin <claire@demo.test>\nwrote:\n> No?\n")).toEqual(["On Monday, Claire Martin <claire@demo.test>\nwrote:", "No?"]);
    expect(folded("Yes\n-----Original Message-----\nFrom: x\nhello")).toEqual(["-----Original Message-----\nFrom: x\nhello"]);
  });
  it("folds nothing of answers between the lines, of forwarded messages, and of what is a quote alone", () => {
    expect(folded("> a?\nyes\n> b?\nno\n")).toEqual([]);
    expect(folded("Look\n---------- Forwarded message ---------\nFrom: x\n> y\n")).toEqual([]);
    expect(folded("> only\n> this\n")).toEqual([]);
    expect(folded("plain\ntext")).toEqual([]);
  });
  it("finds the signature", () => {
    const message = readPlain("Bye\n-- \nClaire\n");
    expect(message.blocks.slice(message.signatureFrom).map((one) => one.text)).toEqual(["-- \nClaire"]);
  });
  it("counts levels and bounds them", () => expect(readPlain("x\n> > b\n>>>>>>>>>>>>>>>> c").blocks.map((one) => one.depth)).toEqual([0, 2, 8]));
});

describe("true targets", () => {
  it.each([
    ["https://bank.example/login", "https://evil.test/x", "evil.test"],
    ["www.bank.example", "https://bank.example.evil.test/", "bank.example.evil.test"],
    ["bank.example", "https://xn--bnk-xla.example/", "xn--bnk-xla.example"],
    ["user@bank.example", "https://evil.test/", "evil.test"],
  ])("%s → %s", (text, href, host) => expect(hiddenTarget(text, href)).toBe(host));
  it.each([["https://shop.test/a", "https://click.shop.test/r?x"], ["click here", "https://evil.test/"], ["www.shop.test", "http://shop.test/"], ["1.5", "https://x.test/"], ["shop.test", "mailto:a@shop.test"]])(
    "%s → %s says nothing", (text, href) => expect(hiddenTarget(text, href)).toBeUndefined());
});

describe("styles", () => {
  it.each([["color", "rgb(1, 2, 3)"], ["margin-left", "4px"], ["border-top-color", "red"], ["width", "100%"], ["font-family", '"Segoe UI", Arial']])("%s: %s stays", (name, value) => expect(isKept(name, value)).toBe(true));
  it.each([
    ["background-image", 'url("https://x.test/")'], ["background", 'url("x")'], ["position", "fixed"], ["color", "var(--x)"], ["width", "100vh"], ["min-height", "50dvh"], ["width", "10vmax"], ["z-index", "9"], ["content", '"x"'], ["list-style-image", 'url("x")'],
    ["cursor", 'url("x"), auto'], ["filter", 'url("x")'], ["mask", 'url("x")'], ["behavior", "url(x)"], ["-moz-binding", "url(x)"], ["width", "expression(alert(1))"], ["--x", "red"], ["display", "contents"], ["background", 'image-set("x" 1x)'], ["color", ""],
    ["animation", "x 1s"], ["transition", "all 1s"], ["transform", "scale(100)"], ["clip-path", 'url("#x")'], ["color", "x".repeat(2000)],
  ])("%s: %s goes", (name, value) => expect(isKept(name, value)).toBe(false));
});
