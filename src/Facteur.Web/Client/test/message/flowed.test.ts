import { describe, expect, it } from "vitest";
import { flow, flowOf, unflow } from "../../src/message/flowed";
import { workOf } from "../work";

describe("which text flows", () => {
  it.each([
    ["text/plain; format=flowed", { delSp: false }], [' text/plain; charset="utf-8";\r\n Format="Flowed"; DelSp=Yes', { delSp: true }],
    ["text/plain; charset=utf-8", undefined], ["text/plain; format=fixed", undefined], ["text/html; format=flowed", undefined], [null, undefined], [undefined, undefined],
  ])("%s", (type, flowing) => expect(flowOf(type)).toEqual(flowing));
});

describe("text that flowed", () => {
  it("is a paragraph a line (RFC 3676 §4.1)", () => {
    expect(unflow("`Take some more tea,' the March Hare said to Alice, very \r\nearnestly.\r\n\r\n`I've had nothing yet,' Alice replied in an offended \r\ntone, `so I can't take more.'\r\n", false))
      .toBe("`Take some more tea,' the March Hare said to Alice, very earnestly.\n\n`I've had nothing yet,' Alice replied in an offended tone, `so I can't take more.'\n");
  });
  it("keeps levels of quoting apart (§4.5)", () => {
    expect(unflow("> a \n> b\n>> c \n> d\n>\ne ", false)).toBe("> a b\n>> c\n> d\n>\ne");
  });
  it("ends before a signature, whose mark flows nowhere (§4.3)", () => {
    expect(unflow("bye \n-- \nClaire \nMartin", false)).toBe("bye\n-- \nClaire Martin");
    expect(unflow("> bye \n> -- \n> x", false)).toBe("> bye\n> -- \n> x");
  });
  it("has lost the spaces that were stuffed (§4.4)", () => expect(unflow(" From here\n  two\n >no quote\n", false)).toBe("From here\n two\n >no quote\n"));
  it("may have lost the space at the break (§4.1, DelSp)", () => expect(unflow("日本 \n語", true)).toBe("日本語"));
});

describe("text that is to flow", () => {
  const sentence = "Take some more tea, the March Hare said to Alice, very earnestly, and she replied in an offended tone that she had had nothing yet. ";
  it("breaks behind spaces, quoted or not, and comes back as it was", () => {
    for (const text of [sentence.repeat(3).trim(), `> ${sentence.repeat(2).trim()}\n>> ${sentence.trim()}\n>\n\nx`, " code\n  more\nFrom here\n\n-- \nClaire", "a  b", `${"x".repeat(200)} ${"y".repeat(200)}`, "", "\n\n"]) {
      const flowed = flow(text);
      expect(unflow(flowed, false)).toBe(text);
      for (const line of flowed.split("\n")) if (!line.includes("xxx") && !line.includes("yyy")) expect(line.length).toBeLessThanOrEqual(78);
    }
  });
  it("stuffs what would be taken for something else", () => expect(flow(" a\nFrom b\n-- \nx  ")).toBe("  a\n From b\n-- \nx"));
  it("writes signs of quoting together", () => expect(flow("> > a\n>b\n>")).toBe(">> a\n> b\n>"));
  it("takes no longer for what was made to take long", () => {
    const work = workOf(() => { for (const text of [" ".repeat(200_000), "a ".repeat(200_000), ">".repeat(100_000), "> ".repeat(100_000), "-- ".repeat(50_000)]) unflow(flow(text), true); });
    expect(work).toBeLessThan(2_000);
  });
});
