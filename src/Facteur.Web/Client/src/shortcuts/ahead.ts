import type { KeyPress } from "./keys";

/** What keys typed ahead need of the page. */
export interface AheadPage {
  /** Keeps all keys from the page, or no longer. */
  take(isTaken: boolean): void;
  /** Whether something has the focus in which one types or chooses. */
  isOpen(): boolean;
  /** As if it was pressed now. */
  give(key: KeyPress): void;
  /** Once all that was caused by now is drawn. */
  drawn(): Promise<void>;
  /** In milliseconds. */
  now(): number;
}

const maxKeys = 64;
const maxPause = 10_000;

/**
 * Keys that are typed while what they are for is still opening: they wait for it and are given to it in their order. Where it does not open they are dropped, since they
 * were never meant for what is there. Whoever presses the mouse, types more than anybody types ahead, or stopped for ten seconds, has the keyboard back.
 */
export class KeysAhead {
  private readonly openings = new Set<symbol>();
  private held: KeyPress[] = [];
  /** When it began, or the last key came. */
  private last = 0;
  private isGiving = false;
  private isFirst = true;

  constructor(private readonly page: AheadPage) {}

  get isHolding(): boolean {
    return this.openings.size > 0 || this.isGiving;
  }

  /** Holds keys until it is open, or will not be: then it is rejected, or answers false. */
  async hold(opening: Promise<unknown>): Promise<void> {
    const one = Symbol();
    if (!this.isHolding) {
      this.last = this.page.now();
      this.page.take(true);
    }
    this.openings.add(one);
    const isOpen = await opening.then((answer) => answer !== false, () => false);
    if (!this.openings.delete(one)) return;
    if (!isOpen) this.held = [];
    this.isFirst = true;
    await this.giveAll();
  }

  /** A key was pressed; answers whether it is held, and nothing for the page. */
  press(key: KeyPress): boolean {
    if (!this.isHolding) return false;
    const now = this.page.now();
    if (this.held.length >= maxKeys || now - this.last > maxPause) {
      this.leave();
      return false;
    }
    this.last = now;
    this.held.push(key);
    return true;
  }

  /** Somebody is elsewhere: what was held is dropped. */
  leave(): void {
    this.openings.clear();
    this.held = [];
    if (!this.isGiving) this.page.take(false);
  }

  /** Each key after all that the one before it did; one that opens something more leaves the rest to that. */
  private async giveAll(): Promise<void> {
    if (this.isGiving || this.openings.size > 0) return;
    this.isGiving = true;
    for (;;) {
      await this.page.drawn();
      if (this.openings.size > 0) break;
      if (this.isFirst && this.held.length > 0 && !this.page.isOpen()) this.held = [];
      const key = this.held.shift();
      if (key === undefined) break;
      this.isFirst = false;
      this.page.give(key);
    }
    this.isGiving = false;
    if (this.openings.size === 0) this.page.take(false);
  }
}
