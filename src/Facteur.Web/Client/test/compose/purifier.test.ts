import { describe, expect, it } from "vitest";
import { quiet, styleName } from "../../src/compose/purifier";
import { workOf } from "../work";

describe("what is parsed for an answer", () => {
  it("has no inline styles and handlers by their names, wherever they may stand", () => {
    expect(quiet('<p style="color:red">x</p>')).toBe(`<p ${styleName}="color:red">x</p>`);
    for (const html of ["<img src=x onerror=alert(1)>", "<svg/onload\n=alert(1)>", '<img "ONERROR =alert(1)>', "<p title='<b style=x>'>", "<style><p style=a>"])
      expect(quiet(html).replaceAll(/\u{e0ff0}(?:style|on[a-z]+)/giu, "")).not.toMatch(/style\s*=|on[a-z]+\s*=/iu);
  });

  it("keeps no style sheet, script or base as such", () => {
    expect(quiet("a<style>p{}</style>b<SCRIPT x>1</script >c")).toBe("abc");
    expect(quiet("a<style>p{} <base href=x><meta charset=x>")).toBe("a<x-style>p{} <x-base href=x><x-meta charset=x>");
    expect(quiet("<frameset rows=*><frame src=x>")).toBe("<x-frameset rows=*><frame src=x>");
    expect(quiet("<stylesheet><basefont>")).toBe("<stylesheet><basefont>");
  });

  it("takes no longer for what is made to take long", () => {
    const work = workOf(() => { for (const piece of ["<style>", "<style ", "on", "style/", "</style"]) quiet(piece.repeat(200_000)); });
    expect(work).toBeLessThan(5_000);
  });
});
