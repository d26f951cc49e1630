import { describe, expect, test } from "vitest";
import { maxHeight, Viewport } from "../src/list/virtual";

function viewport(rows: number, height = 600, row = 40): Viewport {
  const made = new Viewport();
  made.resize(rows, row, height);
  return made;
}

describe("Viewport", () => {
  test("is the scroll position where all rows fit", () => {
    const made = viewport(1_000);
    made.scrolled(4_000);
    expect([made.offset, made.visible(), made.placeOf(100), made.scrollHeight]).toEqual([4_000, { from: 100, to: 115 }, 4_000, 40_000]);
    expect(made.drawn(5)).toEqual({ from: 95, to: 120 });
  });

  test("reaches every row of a million below what browsers draw", () => {
    const made = viewport(1_000_000);
    expect(made.scrollHeight).toBe(maxHeight);
    made.scrolled(maxHeight - 600);
    expect(made.visible().to).toBe(1_000_000);
    expect(made.placeOf(999_999)).toBeCloseTo(maxHeight - 40);
    made.scrolled(0);
    expect(made.visible().from).toBe(0);
  });

  test("takes a wheel pixel by pixel and a dragged bar in proportion", () => {
    const made = viewport(1_000_000);
    made.scrolled(100);
    made.scrolled(200);
    expect(made.offset).toBe(200);
    made.scrolled((maxHeight - 600) / 2);
    expect(made.offset).toBeCloseTo((40_000_000 - 600) / 2, -1);
  });

  test("settles the bar without moving what is seen", () => {
    const made = viewport(1_000_000);
    for (let top = 100; top <= 100_000; top += 100) made.scrolled(top);
    const before = [made.offset, made.placeOf(2_500) - made.scrollTop];
    made.settle();
    expect(made.scrollTop).toBeCloseTo((before[0]! / (40_000_000 - 600)) * (maxHeight - 600));
    expect([made.offset, Math.round(made.placeOf(2_500) - made.scrollTop)]).toEqual([before[0], Math.round(before[1]!)]);
  });

  test("every small step scrolls by as much, wherever it stands", () => {
    const made = viewport(1_000_000);
    made.moveTo(20_000_000);
    for (let step = 0; step < 200; step++) {
      const before = made.offset;
      made.scrolled(made.scrollTop + 53);
      expect(made.offset - before).toBeCloseTo(53);
      if (step % 20 === 0) made.settle();
    }
  });

  test("shows a row by moving as little as it takes", () => {
    const made = viewport(1_000);
    made.reveal(3);
    expect(made.offset).toBe(0);
    made.reveal(15);
    expect(made.offset).toBe(40);
    made.reveal(1);
    expect(made.offset).toBe(40);
    made.reveal(0);
    expect(made.offset).toBe(0);
  });

  test("keeps the first row when rows become higher", () => {
    const made = viewport(1_000);
    made.moveTo(8_000);
    made.resize(1_000, 68, 600);
    expect(made.visible().from).toBe(200);
  });

  test("stays within a list that became short", () => {
    const made = viewport(1_000);
    made.moveTo(30_000);
    made.resize(10, 40, 600);
    expect([made.offset, made.visible()]).toEqual([0, { from: 0, to: 10 }]);
  });
});
