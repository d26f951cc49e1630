import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { KeysAhead } from "../src/shortcuts/ahead";
import { bindUntil } from "../src/shortcuts/hold";
import type { KeyPress } from "../src/shortcuts/keys";
import { bind, bound } from "../src/shortcuts/registry";

const press = (key: string): KeyPress => ({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, isAltGraph: false });

/** A page that writes down what it is given. */
class Page {
  readonly given: string[] = [];
  isTaken = false;
  hasField = true;
  time = 0;
  onKey: (key: string) => void = () => undefined;
  readonly keys = new KeysAhead({
    take: (isTaken) => (this.isTaken = isTaken),
    isOpen: () => this.hasField,
    give: ({ key }) => {
      this.given.push(key);
      this.onKey(key);
    },
    drawn: () => new Promise((resolve) => setTimeout(resolve)),
    now: () => this.time,
  });

  type(text: string): boolean[] {
    return [...text].map((key) => this.keys.press(press(key)));
  }
}

/** Something that opens when it is told to. */
function opening() {
  let open!: (isOpen?: boolean) => void;
  let fail!: (why: Error) => void;
  const promise = new Promise<boolean | undefined>((resolve, reject) => ([open, fail] = [resolve, reject]));
  return { promise, open, fail };
}

describe("keys typed ahead", () => {
  test("are the page's as long as nothing opens", () => {
    const page = new Page();
    expect(page.type("e")).toEqual([false]);
    expect(page.isTaken).toBe(false);
  });

  test("wait for what opens and are given to it in order", async () => {
    const page = new Page();
    const one = opening();
    const held = page.keys.hold(one.promise);
    expect(page.isTaken).toBe(true);
    expect(page.type("draft")).toEqual(Array(5).fill(true));
    expect(page.given).toEqual([]);
    one.open();
    await held;
    expect(page.given.join("")).toBe("draft");
    expect(page.isTaken).toBe(false);
    expect(page.type("e")).toEqual([false]);
  });

  test("come behind those before them, also while these are being given", async () => {
    const page = new Page();
    page.onKey = (key) => { if (key === "a") page.type("c"); };
    const one = opening();
    const held = page.keys.hold(one.promise);
    page.type("ab");
    one.open();
    await held;
    expect(page.given.join("")).toBe("abc");
  });

  test("are dropped where it does not open", async () => {
    for (const end of [(one: ReturnType<typeof opening>) => one.fail(new Error("gone")), (one: ReturnType<typeof opening>) => one.open(false)]) {
      const page = new Page();
      const one = opening();
      const held = page.keys.hold(one.promise);
      page.type("e");
      end(one);
      await held;
      expect(page.given).toEqual([]);
      expect(page.isTaken).toBe(false);
    }
  });

  test("are dropped where nothing that opened has the focus; later ones may be for what is below", async () => {
    const page = new Page();
    page.hasField = false;
    const first = opening();
    const held = page.keys.hold(first.promise);
    page.type("e");
    first.open();
    await held;
    expect(page.given).toEqual([]);
    page.hasField = true;
    page.onKey = () => (page.hasField = false);
    const second = opening();
    const again = page.keys.hold(second.promise);
    page.type("\nj");
    second.open();
    await again;
    expect(page.given).toEqual(["\n", "j"]);
  });

  test("wait for what one of them opens", async () => {
    const page = new Page();
    const [first, second] = [opening(), opening()];
    page.onKey = (key) => { if (key === "1") void page.keys.hold(second.promise); };
    const held = page.keys.hold(first.promise);
    page.type("a1b");
    first.open();
    await held;
    expect(page.given.join("")).toBe("a1");
    expect(page.isTaken).toBe(true);
    page.type("c");
    second.open();
    while (page.isTaken) await new Promise((resolve) => setTimeout(resolve));
    expect(page.given.join("")).toBe("a1bc");
  });

  test("wait until all that opens is there", async () => {
    const page = new Page();
    const [first, second] = [opening(), opening()];
    const all = [page.keys.hold(first.promise), page.keys.hold(second.promise)];
    page.type("a");
    first.open();
    await all[0];
    expect(page.given).toEqual([]);
    second.open();
    await all[1];
    expect(page.given).toEqual(["a"]);
  });

  test("are not held for ever: not too many, not too long, not of somebody who is elsewhere", async () => {
    for (const leave of [(page: Page) => page.type("x".repeat(63)), (page: Page) => { page.time = 10_000; page.type("x"); page.time = 20_001; return page.type("x"); }, (page: Page) => { page.keys.leave(); return page.type("x"); }]) {
      const page = new Page();
      const one = opening();
      const held = page.keys.hold(one.promise);
      page.type("a".repeat(2));
      expect(leave(page).at(-1)).toBe(false);
      expect(page.isTaken).toBe(false);
      one.open();
      await held;
      expect(page.given).toEqual([]);
    }
  });
});

describe("keys whose meaning is still to come", () => {
  beforeAll(() => {
    vi.stubGlobal("addEventListener", () => undefined);
    vi.stubGlobal("removeEventListener", () => undefined);
    vi.stubGlobal("document", { activeElement: null });
  });
  afterAll(() => vi.unstubAllGlobals());

  const begin = () => {
    const one = opening();
    const end = bindUntil(one.promise, "list", [["archive", ["e"], "list.archive"]]);
    const press = () => bound.peek().findLast((binding) => binding.id === "archive" && binding.scope === "list")!.run();
    return { ...one, end, press };
  };

  test("do it once they are bound", async () => {
    const early = begin();
    early.press();
    const archive = vi.fn();
    const unbind = bind("list", "archive", ["e"], "list.archive", archive);
    expect(archive).not.toHaveBeenCalled();
    early.open();
    await vi.waitFor(() => expect(archive).toHaveBeenCalledOnce());
    expect(bound.peek().filter((one) => one.id === "archive")).toHaveLength(1);
    unbind();
  });

  test("do nothing where they are not", async () => {
    for (const end of ["open", "fail"] as const) {
      const early = begin();
      early.press();
      if (end === "open") early.open(false);
      else early.fail(new Error("gone"));
      await vi.waitFor(() => expect(bound.peek().some((one) => one.id === "archive")).toBe(false));
    }
  });
});
