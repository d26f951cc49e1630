import { batch, effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import type { Id } from "../jmap/types";
import type { ListState } from "../store/listModel";
import type { QueryList } from "../store/queryList";
import type { MailStore } from "../store/mailStore";
import { extend, isEmpty, keep, nothing, select, selectQuery, toggle, type Selection } from "./selection";
import { Viewport } from "./virtual";

/** Rows drawn on either side of those seen. */
const overscan = 8;
/** Rows asked for on either side. */
const ahead = 20;
const settleAfter = 150;

/**
 * What a list does: which rows are in view, which one has the focus, which are selected. The focus is that of an email, not of a place: when rows come
 * and go the row that has it stays where it is seen.
 */
export class ListController {
  readonly viewport = new Viewport();
  private readonly drawings = signal(0);
  private readonly focusedId = signal<Id | undefined>(undefined);
  private readonly pointedId = signal<Id | undefined>(undefined);
  private readonly selected = signal<Selection>(nothing);
  private readonly news = signal(0);
  private readonly stop: () => void;
  private element: HTMLElement | null = null;
  private measures = { rowHeight: 40, height: 600 };
  private shown: ListState;
  private rows: readonly (Id | undefined)[] = [];
  private focusedIndex = -1;
  private arrivals: ReadonlySet<Id> = new Set();
  private isPlacing = false;
  /** Where lists that were left were scrolled to, by query. */
  private readonly offsets = new Map<string, number>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly store: MailStore) {
    this.shown = store.list.peek();
    this.stop = effect(() => {
      const state = store.list.value;
      untracked(() => batch(() => this.changed(state)));
    });
  }

  dispose(): void {
    this.stop();
    clearTimeout(this.timer);
  }

  /** Changes with everything that is drawn. */
  get frame(): ReadonlySignal<number> {
    return this.drawings;
  }

  get focused(): ReadonlySignal<Id | undefined> {
    return this.focusedId;
  }

  /** The row that the mouse is over. */
  get pointed(): ReadonlySignal<Id | undefined> {
    return this.pointedId;
  }

  get selection(): ReadonlySignal<Selection> {
    return this.selected;
  }

  /** Conversations that came in above what is seen. */
  get newAbove(): ReadonlySignal<number> {
    return this.news;
  }

  /** Rows that came in with the last change. */
  get arrived(): ReadonlySet<Id> {
    return this.arrivals;
  }

  drawn(): { readonly from: number; readonly to: number } {
    return this.viewport.drawn(overscan);
  }

  indexOf(id: Id): number {
    return this.shown.list.indexOf(id);
  }

  attach(element: HTMLElement | null): void {
    this.element = element;
  }

  resize(rowHeight: number, height: number): void {
    if (height === 0) return;
    this.measures = { rowHeight, height };
    this.viewport.resize(this.shown.list.total, rowHeight, height);
    this.draw();
    // A hidden element forgets where it was scrolled to.
    this.scroll();
  }

  onScroll(): void {
    if (!this.catchUp()) return;
    if (this.viewport.offset === 0) this.news.value = 0;
    this.draw();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.catchUp();
      this.viewport.settle();
      this.draw();
      this.scroll();
    }, settleAfter);
  }

  toTop(): void {
    this.viewport.moveTo(0);
    this.news.value = 0;
    this.draw();
    this.scroll();
  }

  /** A page up or down; the focus stays where it is. */
  turn(by: 1 | -1): void {
    this.catchUp();
    this.viewport.moveTo(this.viewport.offset + by * this.viewport.page * this.measures.rowHeight);
    if (this.viewport.offset === 0) this.news.value = 0;
    this.draw();
    this.scroll();
  }

  /** Moves the focus by rows; the first time it goes to the first row seen. */
  step(by: number): void {
    const { list } = this.shown;
    if (list.total === 0) return;
    const at = this.focusedId.peek() === undefined ? -1 : this.focusedIndex;
    this.catchUp();
    const first = this.viewport.visible().from;
    this.focusIndex(at < 0 ? first : at + by);
  }

  focusIndex(index: number): void {
    const { list } = this.shown;
    const to = Math.max(0, Math.min(index, list.total - 1));
    this.catchUp();
    this.focusedIndex = to;
    this.viewport.reveal(to);
    batch(() => {
      this.focusedId.value = list.at(to);
      this.draw();
    });
    this.scroll();
    this.element?.focus({ preventScroll: true });
  }

  /** The row after the one with the focus, as far as it is known. */
  afterFocused(): Id | undefined {
    return this.focusedIndex < 0 ? undefined : this.shown.list.at(this.focusedIndex + 1);
  }

  point(id: Id | undefined): void {
    this.pointedId.value = id;
  }

  focusLast(): void {
    this.focusIndex(this.shown.list.total - 1);
  }

  focusRow(id: Id): void {
    const index = this.shown.list.indexOf(id);
    if (index < 0) return;
    this.focusedIndex = index;
    this.focusedId.value = id;
  }

  /** The row that stands for a thread among those that are known, and the one after or before it. */
  neighbour(threadId: Id, step: 1 | -1): Id | undefined {
    const { list } = this.shown;
    const index = list.known().findIndex((id) => this.store.threadOf(id) === threadId);
    const at = index >= 0 ? list.indexOf(list.known()[index]!) : this.focusedIndex - (step === 1 ? 1 : 0);
    const next = list.at(at + step);
    if (next === undefined) return undefined;
    this.focusIndex(at + step);
    return next;
  }

  toggle(id: Id, isRange: boolean): void {
    const { list } = this.shown;
    this.selected.value = isRange ? extend(this.selected.peek(), id, (one) => list.indexOf(one), (index) => list.at(index)) : toggle(this.selected.peek(), id);
  }

  toggleFocused(): void {
    const id = this.focusedId.peek();
    if (id !== undefined) this.toggle(id, false);
  }

  selectKnown(isWanted: (id: Id) => boolean): void {
    this.selected.value = select(this.shown.list.known().filter(isWanted));
  }

  selectQuery(): void {
    this.selected.value = selectQuery(this.selected.peek());
  }

  clear(): void {
    this.selected.value = nothing;
  }

  /** Rows that an action is about: those selected, else the one with the focus. */
  targetRows(): readonly Id[] {
    const selection = this.selected.peek();
    if (!isEmpty(selection)) return [...selection.ids];
    const id = this.focusedId.peek();
    return id === undefined ? [] : [id];
  }

  private changed(state: ListState): void {
    this.catchUp();
    const isOther = state.query.key !== this.shown.query.key;
    if (isOther) this.offsets.set(this.shown.query.key, this.viewport.offset);
    const anchor = isOther ? undefined : this.anchor();
    this.shown = state;
    const { list } = state;
    if (isOther) this.reset();
    this.viewport.resize(list.total, this.measures.rowHeight, this.measures.height);
    if (isOther) this.viewport.moveTo(this.offsets.get(state.query.key) ?? 0);
    if (anchor !== undefined) {
      const moved = list.indexOf(anchor.id) - anchor.index;
      if (moved > 0 && this.rows.length > 0) this.news.value += moved;
      if (moved !== 0) this.viewport.moveTo(this.viewport.offset + moved * this.measures.rowHeight);
    }
    if (this.viewport.offset === 0) this.news.value = 0;
    this.arrivals = this.arrivalsIn(list, isOther);
    this.follow();
    this.draw();
    this.scroll();
  }

  /** Takes what the browser scrolled: it says so only with the next frame, and what changes the list before that must not undo it. */
  private catchUp(): boolean {
    // An element that was hidden is at its top until it is placed: nobody scrolled it there.
    if (this.isPlacing || this.element === null || this.element.clientHeight === 0) return false;
    const top = this.element.scrollTop;
    if (Math.abs(top - this.viewport.scrollTop) < 1) return false;
    this.viewport.scrolled(top);
    return true;
  }

  private arrivalsIn(list: QueryList, isOther: boolean): ReadonlySet<Id> {
    if (isOther || this.rows.length === 0 || this.rows.includes(undefined)) return new Set();
    const before = new Set(this.rows);
    const { from, to } = this.viewport.visible();
    const last = list.indexOf(this.rows.at(-1)!);
    return new Set(list.slice(from, Math.min(to, last)).filter((id) => id !== undefined && !before.has(id)) as Id[]);
  }

  private reset(): void {
    this.focusedId.value = undefined;
    this.focusedIndex = -1;
    this.selected.value = nothing;
    this.news.value = 0;
    this.viewport.moveTo(0);
  }

  /** A row that must not move: the one with the focus, else the first one seen of a list that is scrolled; it has to be there before and after. */
  private anchor(): { readonly id: Id; readonly index: number } | undefined {
    const next = this.store.list.peek().list;
    const { from, to } = this.viewport.visible();
    const focused = this.focusedId.peek();
    if (focused !== undefined && this.focusedIndex >= from && this.focusedIndex < to && next.indexOf(focused) >= 0) return { id: focused, index: this.focusedIndex };
    if (this.viewport.offset === 0) return undefined;
    const { from: drawnFrom } = this.drawnBefore;
    for (let at = 0; at < this.rows.length; at++) {
      const id = this.rows[at];
      if (id !== undefined && drawnFrom + at >= from && next.indexOf(id) >= 0) return { id, index: drawnFrom + at };
    }
    return undefined;
  }

  private drawnBefore = { from: 0, to: 0 };

  /** The focus stays with its email; when that is gone it goes to the row that has taken its place. */
  private follow(): void {
    const { list } = this.shown;
    this.selected.value = keep(this.selected.peek(), (id) => list.indexOf(id) >= 0);
    const id = this.focusedId.peek();
    if (this.focusedIndex < 0) return;
    const index = id === undefined ? -1 : list.indexOf(id);
    if (index >= 0) this.focusedIndex = index;
    else if (list.total === 0) this.focusedId.value = undefined;
    else {
      // The first row below it that is still there; several may have gone at once.
      const below = this.rows.slice(Math.max(0, this.focusedIndex - this.drawnBefore.from + 1)).find((one) => one !== undefined && list.indexOf(one) >= 0);
      this.focusedIndex = below === undefined ? Math.min(this.focusedIndex, list.total - 1) : list.indexOf(below);
      this.focusedId.value = list.at(this.focusedIndex);
    }
  }

  private draw(): void {
    const drawn = this.drawn();
    this.drawnBefore = drawn;
    this.rows = this.shown.list.slice(drawn.from, drawn.to);
    this.drawings.value++;
    const { from, to } = this.viewport.visible();
    this.store.need(Math.max(0, from - ahead), Math.max(to, 1) + ahead);
  }

  private scroll(): void {
    const element = this.element;
    if (element === null || Math.abs(element.scrollTop - this.viewport.scrollTop) < 1) return;
    // The scrolled element has its new height only once it is drawn.
    this.isPlacing = true;
    requestAnimationFrame(() => {
      this.isPlacing = false;
      if (Math.abs(element.scrollTop - this.viewport.scrollTop) >= 1) element.scrollTop = this.viewport.scrollTop;
    });
  }
}
