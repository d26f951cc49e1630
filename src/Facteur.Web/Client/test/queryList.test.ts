import { describe, expect, test } from "vitest";
import { QueryList } from "../src/store/queryList";

function list(ids: readonly string[], total = ids.length, position = 0): QueryList {
  const made = new QueryList();
  made.take({ queryState: "1", canCalculateChanges: true, position, ids, total });
  return made;
}

const ids = (of: QueryList) => of.slice(0, of.total);

describe("QueryList", () => {
  test("keeps parts of a long query at their places", () => {
    const made = list(["c", "d"], 6, 2);
    expect(made.total).toBe(6);
    expect([made.at(0), made.at(2), made.at(3), made.at(5)]).toEqual([undefined, "c", "d", undefined]);
    expect(made.missing(0, 6, 2)).toEqual({ from: 0, to: 6 });
    expect(made.missing(2, 4, 2)).toBeUndefined();
    expect(made.missing(3, 5, 2)).toEqual({ from: 4, to: 6 });
  });

  // RFC 8620 §5.6: removed ones go first, then each added one comes at its index.
  test("applies changes in the order of the RFC", () => {
    const made = list(["id1", "id2", "id3", "id4"]);
    expect(made.apply({ oldQueryState: "1", newQueryState: "2", total: 4, removed: ["id2", "id31"], added: [{ id: "id5", index: 0 }] })).toBe(true);
    expect(ids(made)).toEqual(["id5", "id1", "id3", "id4"]);
    expect(made.queryState).toBe("2");
  });

  test("shifts what is not known", () => {
    const made = list(["a", "b"], 100);
    expect(made.apply({ oldQueryState: "1", newQueryState: "2", total: 101, removed: [], added: [{ id: "new", index: 0 }] })).toBe(true);
    expect(made.slice(0, 4)).toEqual(["new", "a", "b", undefined]);
    expect([made.total, made.known().length]).toEqual([101, 3]);
  });

  test("asks anew when what moved may have stood before rows that are known", () => {
    const made = list(["m", "n"], 1000, 500);
    expect(made.apply({ oldQueryState: "1", newQueryState: "2", total: 999, removed: ["x"], added: [] })).toBe(false);
    expect(made.apply({ oldQueryState: "1", newQueryState: "2", total: 1001, removed: [], added: [{ id: "new", index: 0 }] })).toBe(true);
    expect([made.at(0), made.at(500), made.at(501), made.at(502)]).toEqual(["new", undefined, "m", "n"]);
  });

  test("puts stretches together", () => {
    const made = list(["c", "d"], 8, 2);
    made.take({ queryState: "1", canCalculateChanges: true, position: 5, ids: ["f", "g"], total: 8 });
    made.take({ queryState: "1", canCalculateChanges: true, position: 3, ids: ["d", "e", "f"], total: 8 });
    expect(ids(made)).toEqual([undefined, undefined, "c", "d", undefined, "f", "g", undefined].map((id, at) => (at === 4 ? "e" : id)));
  });

  test("gives up on changes from another state", () => {
    expect(list(["a"]).apply({ oldQueryState: "0", newQueryState: "2", removed: [], added: [] })).toBe(false);
  });

  test("any splice equals the fresh query", () => {
    let seed = 7;
    const random = (below: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % below;
    let truth = Array.from({ length: 40 }, (_, n) => `m${n}`);
    const made = list(truth);
    for (let step = 2; step < 300; step++) {
      const removed = truth.filter(() => random(12) === 0);
      const next = truth.filter((id) => !removed.includes(id));
      const added: { id: string; index: number }[] = [];
      for (let n = random(4); n > 0; n--) {
        const id = random(3) === 0 && removed.length > 0 ? removed[random(removed.length)]! : `s${step}.${n}`;
        if (!next.includes(id)) next.splice(random(next.length + 1), 0, id);
      }
      next.forEach((id, index) => { if (!truth.includes(id) || removed.includes(id)) added.push({ id, index }); });
      expect(made.apply({ oldQueryState: String(step - 1), newQueryState: String(step), total: next.length, removed, added })).toBe(true);
      expect(ids(made)).toEqual(next);
      truth = next;
    }
  });

  test("hides at once and puts back when refused", () => {
    const made = list(["a", "b", "c"]);
    made.hide(["b"]);
    expect([ids(made), made.total, made.indexOf("c"), made.indexOf("b")]).toEqual([["a", "c"], 2, 1, -1]);
    made.unhide(["b"]);
    expect(ids(made)).toEqual(["a", "b", "c"]);
  });

  test("what the server says of hidden rows fits", () => {
    const made = list(["a", "b", "c"], 5);
    made.hide(["b"]);
    expect(made.missing(0, 4, 1)).toEqual({ from: 3, to: 5 });
    expect(made.apply({ oldQueryState: "1", newQueryState: "2", total: 5, removed: ["b"], added: [{ id: "new", index: 0 }] })).toBe(true);
    made.unhide(["b"]);
    expect(made.slice(0, 5)).toEqual(["new", "a", "c", undefined, undefined]);
  });
});
