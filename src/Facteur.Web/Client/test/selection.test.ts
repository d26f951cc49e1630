import { describe, expect, test } from "vitest";
import { extend, isEmpty, keep, nothing, select, selectQuery, toggle } from "../src/list/selection";

const rows = ["a", "b", "c", "d", "e"];
const indexOf = (id: string) => rows.indexOf(id);
const at = (index: number) => rows[index];

describe("selection", () => {
  test("takes rows one by one", () => {
    const some = toggle(toggle(nothing, "a"), "c");
    expect([...some.ids]).toEqual(["a", "c"]);
    expect([...toggle(some, "a").ids]).toEqual(["c"]);
    expect(isEmpty(toggle(toggle(nothing, "a"), "a"))).toBe(true);
  });

  test("takes a range from the last row touched, in either direction", () => {
    expect([...extend(toggle(nothing, "b"), "d", indexOf, at).ids]).toEqual(["b", "c", "d"]);
    expect([...extend(toggle(nothing, "d"), "b", indexOf, at).ids].sort()).toEqual(["b", "c", "d"]);
    expect([...extend(nothing, "c", indexOf, at).ids]).toEqual(["c"]);
  });

  test("one row less of all that the query finds is no longer all", () => {
    const all = selectQuery(select(rows));
    expect(all.isAll).toBe(true);
    expect(toggle(all, "a")).toMatchObject({ isAll: false });
    expect(toggle(all, "a").ids.size).toBe(4);
  });

  test("forgets rows that are gone", () => {
    const some = select(["a", "x"]);
    expect([...keep(some, (id) => rows.includes(id)).ids]).toEqual(["a"]);
    expect(keep(select(["a"]), () => true).ids.size).toBe(1);
    expect(keep(selectQuery(select(["x"])), () => false).isAll).toBe(false);
  });
});
