import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ListController } from "../src/list/controller";
import type { ListState } from "../src/store/listModel";
import type { MailStore } from "../src/store/mailStore";
import { QueryList } from "../src/store/queryList";

const ids = Array.from({ length: 600 }, (_, at) => `e${at}`);
let frames: (() => void)[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (run: () => void) => frames.push(run));
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function state(): ListState {
  const list = new QueryList();
  list.take({ queryState: "1", canCalculateChanges: true, position: 0, ids, total: ids.length });
  return { query: { key: "inbox", filter: {} }, list, isLoading: false, error: undefined };
}

/** A list of 600 rows of 40 pixels in an element of 600. */
function shown() {
  const list = signal(state());
  const controller = new ListController({ list, need: () => undefined } as unknown as MailStore);
  const element = { scrollTop: 0, clientHeight: 600, focus: () => undefined };
  controller.attach(element as unknown as HTMLElement);
  controller.resize(40, 600);
  const frame = () => frames.splice(0).forEach((run) => run());
  frame();
  return { controller, element, frame, change: () => { list.value = state(); } };
}

describe("ListController", () => {
  test("does not undo what was scrolled and not yet said, when the list changes", () => {
    const { controller, element, frame, change } = shown();
    element.scrollTop = 12_000;
    change();
    frame();
    expect([element.scrollTop, controller.viewport.visible().from]).toEqual([12_000, 300]);
  });

  test("does not undo it when an earlier movement settles", () => {
    const { controller, element, frame } = shown();
    element.scrollTop = 12_000;
    controller.onScroll();
    element.scrollTop = 23_400;
    vi.runAllTimers();
    frame();
    expect([element.scrollTop, controller.viewport.visible().to]).toEqual([23_400, 600]);
  });

  test("moves the focus from where the list is, not from where it was", () => {
    const { controller, element, frame } = shown();
    element.scrollTop = 12_000;
    controller.step(1);
    frame();
    expect([element.scrollTop, controller.focused.value]).toEqual([12_000, "e300"]);
  });

  test("is scrolled again where it was when it was hidden", () => {
    const { controller, element, frame, change } = shown();
    element.scrollTop = 12_000;
    controller.onScroll();
    [element.scrollTop, element.clientHeight] = [0, 0];
    change();
    element.clientHeight = 600;
    controller.resize(40, 600);
    frame();
    expect(element.scrollTop).toBe(12_000);
  });
});
