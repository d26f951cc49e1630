import type { Id, QueryAnswer, QueryChangesAnswer } from "../jmap/types";

/** Ids that are known one after the other, the first at `start`. */
interface Run {
  start: number;
  ids: Id[];
}

export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * The ids of a query, of which only stretches are known: a list of a million rows costs what was looked at. Rows that an action is about to take
 * away are hidden over it: what the server said stays as it is, so that its next changes fit.
 */
export class QueryList {
  private runs: Run[] = [];
  private length = 0;
  private readonly hiddenIds = new Set<Id>();
  private hiddenPlaces: readonly number[] = [];
  queryState = "";

  /** Rows shown. */
  get total(): number {
    return this.length - this.hiddenPlaces.length;
  }

  get isLoaded(): boolean {
    return this.queryState !== "";
  }

  at(index: number): Id | undefined {
    return index < 0 || index >= this.total ? undefined : this.truth(this.placeOf(index));
  }

  /** The row of an id that is known and shown, else -1. */
  indexOf(id: Id): number {
    if (this.hiddenIds.has(id)) return -1;
    const place = this.findPlace(id);
    return place < 0 ? -1 : place - countBelow(this.hiddenPlaces, place);
  }

  slice(from: number, to: number): readonly (Id | undefined)[] {
    const ids: (Id | undefined)[] = [];
    for (let index = Math.max(0, from); index < Math.min(to, this.total); index++) ids.push(this.at(index));
    return ids;
  }

  /** All that is known and shown, in order. */
  known(): readonly Id[] {
    return this.runs.flatMap((run) => run.ids).filter((id) => !this.hiddenIds.has(id));
  }

  /** The part of the query, in the server's count, that has to be asked for before a window can be shown; in whole pages; undefined when all is known. */
  missing(from: number, to: number, page: number): Span | undefined {
    const end = Math.min(to, this.total);
    let first = Math.max(0, from);
    while (first < end && this.at(first) !== undefined) first++;
    if (first >= end) return undefined;
    let last = end;
    while (last > first && this.at(last - 1) !== undefined) last--;
    const start = Math.floor(this.placeOf(first) / page) * page;
    return { from: start, to: Math.min(this.length, Math.max(this.placeOf(last - 1) + 1, start + page)) };
  }

  /** Takes a part of a fresh query. Another state than the one known makes what was known worthless. */
  take(answer: QueryAnswer): void {
    const total = Math.max(answer.total ?? this.length, answer.position + answer.ids.length);
    if (answer.queryState !== this.queryState || total !== this.length) this.runs = [];
    this.queryState = answer.queryState;
    this.length = total;
    if (answer.ids.length > 0) this.put(answer.position, answer.ids);
    this.placeHidden();
  }

  /**
   * Brings the list to a newer state (RFC 8620 §5.6): what is removed goes, what is added comes at its index, lowest first. False, and nothing done,
   * when rows that are not known may have moved those that are: then only a fresh query helps.
   */
  apply(changes: QueryChangesAnswer): boolean {
    if (changes.oldQueryState !== this.queryState) return false;
    const removed = new Set(changes.removed);
    const added = [...changes.added].sort((a, b) => a.index - b.index);
    const gone = this.runs.reduce((count, run) => count + run.ids.filter((id) => removed.has(id)).length, 0);
    // Ids told as removed may never have been in the result (§5.6), and those not known may have stood anywhere.
    const isPrefix = this.runs.length === 0 || (this.runs.length === 1 && this.runs[0]!.start === 0);
    if (gone < removed.size && !isPrefix) return false;
    const total = changes.total ?? this.length - gone + added.length;
    this.remove(removed);
    for (const { id, index } of added) this.insert(id, index);
    this.length = total;
    this.cut(total);
    this.queryState = changes.newQueryState;
    this.placeHidden();
    return true;
  }

  /** Rows that are hidden now. */
  get hidden(): readonly Id[] {
    return [...this.hiddenIds];
  }

  /** Rows that an action takes away, at once. */
  hide(ids: Iterable<Id>): void {
    for (const id of ids) this.hiddenIds.add(id);
    this.placeHidden();
  }

  /** They were not taken away after all, or the server has said so by now. */
  unhide(ids: Iterable<Id>): void {
    for (const id of ids) this.hiddenIds.delete(id);
    this.placeHidden();
  }

  private truth(place: number): Id | undefined {
    const run = this.runs[this.runAt(place)];
    return run === undefined ? undefined : run.ids[place - run.start];
  }

  /** The last run that begins at or before a place, or -1. */
  private runAt(place: number): number {
    let [low, high] = [0, this.runs.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.runs[middle]!.start <= place) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  private findPlace(id: Id): number {
    for (const run of this.runs) {
      const offset = run.ids.indexOf(id);
      if (offset >= 0) return run.start + offset;
    }
    return -1;
  }

  /** The server's count of the row that is shown at an index. */
  private placeOf(index: number): number {
    let place = index;
    for (const hidden of this.hiddenPlaces) {
      if (hidden > place) break;
      place++;
    }
    return place;
  }

  private placeHidden(): void {
    this.hiddenPlaces = this.hiddenIds.size === 0 ? [] : [...this.hiddenIds].map((id) => this.findPlace(id)).filter((place) => place >= 0).sort((a, b) => a - b);
  }

  private put(start: number, ids: readonly Id[]): void {
    const end = start + ids.length;
    let merged: Run = { start, ids: [...ids] };
    const others: Run[] = [];
    for (const run of this.runs) {
      const runEnd = run.start + run.ids.length;
      if (runEnd < merged.start || run.start > end) {
        others.push(run);
        continue;
      }
      const before = run.start < merged.start ? run.ids.slice(0, merged.start - run.start) : [];
      const after = runEnd > end ? run.ids.slice(end - run.start) : [];
      merged = { start: Math.min(run.start, merged.start), ids: [...before, ...merged.ids, ...after] };
    }
    this.runs = [...others, merged].sort((a, b) => a.start - b.start);
  }

  private remove(removed: ReadonlySet<Id>): void {
    let shift = 0;
    for (const run of this.runs) {
      const kept = run.ids.filter((id) => !removed.has(id));
      run.start -= shift;
      shift += run.ids.length - kept.length;
      run.ids = kept;
    }
    this.join();
  }

  private insert(id: Id, index: number): void {
    const at = this.runAt(index);
    const run = this.runs[at];
    let following = at + 1;
    if (run !== undefined && index <= run.start + run.ids.length) run.ids.splice(index - run.start, 0, id);
    else this.runs.splice(following++, 0, { start: index, ids: [id] });
    for (; following < this.runs.length; following++) this.runs[following]!.start++;
    this.join();
  }

  private cut(total: number): void {
    for (const run of this.runs) if (run.start + run.ids.length > total) run.ids.length = Math.max(0, total - run.start);
    this.runs = this.runs.filter((run) => run.ids.length > 0);
  }

  private join(): void {
    const joined: Run[] = [];
    for (const run of this.runs) {
      const last = joined.at(-1);
      if (run.ids.length === 0) continue;
      if (last !== undefined && last.start + last.ids.length === run.start) last.ids = last.ids.concat(run.ids);
      else joined.push(run);
    }
    this.runs = joined;
  }
}

function countBelow(sorted: readonly number[], value: number): number {
  let count = 0;
  while (count < sorted.length && sorted[count]! < value) count++;
  return count;
}
