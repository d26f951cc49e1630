import { describe, expect, test } from "vitest";
import { bind, bound, nameKeys, remap } from "../src/shortcuts/registry";
import { displayOf, KeySequence, nameOf, type KeyPress } from "../src/shortcuts/keys";

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, isAltGraph: false, ...more });

describe("names of keys", () => {
  test("are what is typed, on every keyboard", () => {
    expect(nameOf(press("#", { shiftKey: true }))).toBe("#");
    // AZERTY: AltGr with the key of 3; Windows says Ctrl and Alt as well.
    expect(nameOf(press("#", { ctrlKey: true, altKey: true, isAltGraph: true }))).toBe("#");
    expect(nameOf(press("/", { shiftKey: true }))).toBe("/");
    expect(nameOf(press("!"))).toBe("!");
    expect(nameOf(press("?", { shiftKey: true }))).toBe("?");
    expect(nameOf(press("*", { shiftKey: true }))).toBe("*");
  });

  test("tell letters with Shift, whether Caps Lock is on or not", () => {
    expect(nameOf(press("I", { shiftKey: true }))).toBe("Shift+i");
    expect(nameOf(press("i", { shiftKey: true }))).toBe("Shift+i");
    expect(nameOf(press("J"))).toBe("j");
  });

  test("count Ctrl and ⌘ as one", () => {
    expect(nameOf(press("k", { ctrlKey: true }))).toBe("Mod+k");
    expect(nameOf(press("k", { metaKey: true }))).toBe("Mod+k");
    expect(nameOf(press("Enter", { ctrlKey: true }))).toBe("Mod+Enter");
  });

  test("are none for keys that type nothing", () => {
    expect(nameOf(press("Shift", { shiftKey: true }))).toBeUndefined();
    expect(nameOf(press("Dead"))).toBeUndefined();
  });

  test("are shown as people read them", () => {
    expect(displayOf("Mod+k", false)).toBe("Ctrl K");
    expect(displayOf("Shift+i", true)).toBe("⇧ I");
    expect(displayOf("g", false)).toBe("g");
    expect(displayOf("+", false)).toBe("+");
  });
});

describe("sequences of keys", () => {
  const bound = ["j", "g i", "* a"];
  const read = (presses: readonly (readonly [string, number])[]) => {
    const sequence = new KeySequence();
    return presses.map(([name, at]) => sequence.press(name, at, (keys) => bound.includes(keys), (keys) => bound.some((one) => one.startsWith(`${keys} `))));
  };

  test("are read within a second", () => {
    expect(read([["g", 0], ["i", 500]])).toEqual(["", "g i"]);
    expect(read([["g", 0], ["i", 1_600]])).toEqual(["", undefined]);
  });

  test("give way to what is pressed next", () => {
    expect(read([["g", 0], ["j", 100]])).toEqual(["", "j"]);
    expect(read([["g", 0], ["g", 100], ["i", 200]])).toEqual(["", "", "g i"]);
    expect(read([["q", 0]])).toEqual([undefined]);
  });
});

describe("keys that are named before they are bound", () => {
  test("are listed, follow what was changed, and give way to what is bound, whichever came first", () => {
    const of = (id: string) => bound.value.filter((one) => one.id === id).at(-1);
    const undo = bind("conversation", "test.reply", ["r"], "message.reply", () => undefined);
    nameKeys("conversation", [["test.reply", ["r"], "message.reply"], ["test.forward", ["f"], "message.forward"]]);
    expect([of("test.reply")?.isNamed, of("test.forward")?.isNamed]).toEqual([undefined, true]);
    remap({ "test.forward": ["Ctrl+f"], "test.reply": ["w"] });
    expect([of("test.reply")?.keys, of("test.forward")?.keys]).toEqual([["w"], ["Mod+f"]]);
    undo();
    expect([of("test.reply")?.isNamed, of("test.reply")?.keys]).toEqual([true, ["w"]]);
    remap({});
  });
});
