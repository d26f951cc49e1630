/** Why a draft is not with the server. */
export type SaveState = "unchanged" | "dirty" | "saving" | "saved" | "offline" | "failed";

export interface Timer {
  set(run: () => void, milliseconds: number): number;
  clear(id: number): void;
}

export const browserTimer: Timer = { set: (run, ms) => setTimeout(run, ms) as unknown as number, clear: (id) => clearTimeout(id) };

const idleMilliseconds = 3_000;
/** Who writes without a pause is saved all the same. */
const longestMilliseconds = 20_000;
const firstRetryMilliseconds = 4_000;
const lastRetryMilliseconds = 60_000;

/**
 * When to save: once nothing changed for 3 s, one save at a time, what changed meanwhile by another one after it. A save that fails for a reason that may
 * pass is tried again, with growing pauses and at once when the connection is back.
 */
export class DraftSaver {
  private state: SaveState = "unchanged";
  private timer: number | null = null;
  private firstChange: number | null = null;
  private running: Promise<void> | null = null;
  private changes = 0;
  private saved = 0;
  private retryIn = firstRetryMilliseconds;
  private stopped = false;

  /** @param save Saves what there is now. `isTemporary` tells which of its errors may pass. */
  constructor(
    private readonly save: () => Promise<void>, private readonly isTemporary: (error: unknown) => boolean, private readonly onState: (state: SaveState, error: unknown) => void,
    private readonly timers: Timer = browserTimer, private readonly now: () => number = Date.now) {}

  get isDirty(): boolean {
    return this.changes !== this.saved;
  }

  touch(): void {
    if (this.stopped) return;
    this.changes++;
    this.firstChange ??= this.now();
    if (this.running === null) this.tell(this.state === "offline" ? "offline" : "dirty");
    this.schedule(Math.max(0, Math.min(idleMilliseconds, this.firstChange + longestMilliseconds - this.now())));
  }

  /** Saves what is not saved, now; resolves when it is, or has failed. */
  async flush(): Promise<void> {
    while (this.isDirty && !this.stopped) {
      const before = this.saved;
      await (this.running ?? this.run());
      if (this.saved === before) return;
    }
  }

  /** No more saves; resolves when the one that runs has ended. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelTimer();
    await this.running;
  }

  resume(): void {
    this.stopped = false;
    if (this.isDirty) this.schedule(idleMilliseconds);
  }

  private run(): Promise<void> {
    this.cancelTimer();
    this.running = this.attempt().finally(() => {
      this.running = null;
      // What changed while it ran.
      if (this.isDirty && !this.stopped && this.timer === null && this.state === "saved") this.schedule(idleMilliseconds);
    });
    return this.running;
  }

  private async attempt(): Promise<void> {
    const version = this.changes;
    this.firstChange = null;
    this.tell("saving");
    try {
      await this.save();
      this.saved = version;
      this.retryIn = firstRetryMilliseconds;
      this.tell("saved");
    } catch (error) {
      const passes = this.isTemporary(error);
      this.tell(passes ? "offline" : "failed", error);
      if (!passes || this.stopped) return;
      this.schedule(this.retryIn);
      this.retryIn = Math.min(this.retryIn * 2, lastRetryMilliseconds);
    }
  }

  private schedule(milliseconds: number): void {
    this.cancelTimer();
    this.timer = this.timers.set(() => {
      this.timer = null;
      if (this.running === null && this.isDirty && !this.stopped) void this.run();
    }, milliseconds);
  }

  private cancelTimer(): void {
    if (this.timer !== null) this.timers.clear(this.timer);
    this.timer = null;
  }

  private tell(state: SaveState, error: unknown = null): void {
    this.state = state;
    this.onState(state, error);
  }
}
