import type { Id } from "../jmap/types";

/** Rows that are selected: some, or all that the query finds. */
export interface Selection {
  readonly ids: ReadonlySet<Id>;
  /** All of the query, shown or not; `ids` are those of them that are known. */
  readonly isAll: boolean;
  /** Where a range begins. */
  readonly anchor: Id | undefined;
}

export const nothing: Selection = { ids: new Set(), isAll: false, anchor: undefined };

export function isEmpty(selection: Selection): boolean {
  return selection.ids.size === 0 && !selection.isAll;
}

/** One row more or less. One less of all is no longer all. */
export function toggle(selection: Selection, id: Id): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, isAll: false, anchor: id };
}

/** All rows between the last one that was touched and this one, both included, as they stand in the list. */
export function extend(selection: Selection, id: Id, indexOf: (id: Id) => number, at: (index: number) => Id | undefined): Selection {
  const [from, to] = [selection.anchor === undefined ? -1 : indexOf(selection.anchor), indexOf(id)];
  if (from < 0 || to < 0) return toggle(selection, id);
  const ids = new Set(selection.ids);
  for (let index = Math.min(from, to); index <= Math.max(from, to); index++) {
    const one = at(index);
    if (one !== undefined) ids.add(one);
  }
  return { ids, isAll: false, anchor: selection.anchor };
}

export function select(ids: Iterable<Id>): Selection {
  return { ids: new Set(ids), isAll: false, anchor: undefined };
}

export function selectQuery(selection: Selection): Selection {
  return { ...selection, isAll: true };
}

/** Without rows that are gone. */
export function keep(selection: Selection, isThere: (id: Id) => boolean): Selection {
  const ids = [...selection.ids].filter(isThere);
  return ids.length === selection.ids.size ? selection : { ...selection, ids: new Set(ids), isAll: selection.isAll && ids.length > 0 };
}
