import type { Span } from "../store/queryList";

/** Browsers draw nothing below some tens of millions of pixels: a list that is longer is scrolled in proportion. */
export const maxHeight = 8_000_000;

/**
 * The window on a list of rows of one height. Where all rows fit below `maxHeight`, the scroll position is the place in the list. Where they do not, small
 * movements are taken pixel by pixel, as a wheel or a finger makes them, and large ones, as of a dragged scroll bar, in proportion.
 */
export class Viewport {
  private y = 0;
  private top = 0;
  private height = 0;
  private rows = 0;
  private row = 40;

  /** The place in the list of the upper edge, in pixels of all rows. */
  get offset(): number {
    return this.y;
  }

  /** What the scrolled element has to be as high as. */
  get scrollHeight(): number {
    return Math.min(this.fullHeight, maxHeight);
  }

  /** What the browser's scroll position should be; it need not be exactly so. */
  get scrollTop(): number {
    return this.top;
  }

  get rowHeight(): number {
    return this.row;
  }

  private get fullHeight(): number {
    return this.rows * this.row;
  }

  private get maxOffset(): number {
    return Math.max(0, this.fullHeight - this.height);
  }

  private get maxTop(): number {
    return Math.max(0, this.scrollHeight - this.height);
  }

  private get isScaled(): boolean {
    return this.fullHeight > maxHeight;
  }

  /** Other measures; the first row in view stays so. */
  resize(rows: number, rowHeight: number, height: number): void {
    const first = this.y / this.row;
    const isOther = rowHeight !== this.row;
    [this.rows, this.row, this.height] = [rows, rowHeight, height];
    this.moveTo(isOther ? first * rowHeight : this.y);
  }

  /** The browser scrolled to a position. */
  scrolled(top: number): void {
    if (!this.isScaled) this.y = clamp(top, this.maxOffset);
    else if (top <= 0) this.y = 0;
    else if (top >= this.maxTop) this.y = this.maxOffset;
    else {
      const step = top - this.top;
      this.y = clamp(Math.abs(step) < 3 * this.height ? this.y + step : (top / this.maxTop) * this.maxOffset, this.maxOffset);
    }
    this.top = top;
  }

  /** Goes to a place; answers whether the browser has to scroll. */
  moveTo(offset: number): void {
    this.y = clamp(offset, this.maxOffset);
    this.top = this.isScaled && this.maxOffset > 0 ? (this.y / this.maxOffset) * this.maxTop : this.y;
  }

  /** Puts the scroll bar where it belongs, once nobody scrolls: pixel by pixel it goes astray. */
  settle(): void {
    this.moveTo(this.y);
  }

  /** Moves as little as shows a whole row. */
  reveal(index: number): void {
    const from = index * this.row;
    if (from < this.y) this.moveTo(from);
    else if (from + this.row > this.y + this.height) this.moveTo(from + this.row - this.height);
  }

  /** Rows that are seen, if only in part. */
  visible(): Span {
    const from = Math.floor(this.y / this.row);
    return { from, to: Math.min(this.rows, Math.ceil((this.y + this.height) / this.row)) };
  }

  /** Rows to draw: those seen, and some on either side so that nothing is blank while scrolling. */
  drawn(over: number): Span {
    const { from, to } = this.visible();
    return { from: Math.max(0, from - over), to: Math.min(this.rows, to + over) };
  }

  /** Where a row stands in the scrolled element. */
  placeOf(index: number): number {
    return this.top + index * this.row - this.y;
  }

  /** Whole rows in view: what PageDown passes over. */
  get page(): number {
    return Math.max(1, Math.floor(this.height / this.row) - 1);
  }
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(value, most));
}
