import { waitOf } from "../store/link";

/** Work that is to be done a moment after it is wanted, and again later when it failed, until it was done. */
export class Rounds {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private isOver = false;

  /** @param pause Milliseconds from the last wish to the work: wishes come in bursts. */
  constructor(private readonly work: () => Promise<void>, private readonly pause: number) {}

  soon(): void {
    this.attempt = 0;
    this.in(this.pause);
  }

  /** What is under way goes on; nothing begins any more. */
  end(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  private in(milliseconds: number): void {
    if (this.isOver) return;
    clearTimeout(this.timer);
    const timer = setTimeout(() => void this.work().catch(() => {
      // A wish that came meanwhile has its own turn.
      if (this.timer === timer) this.in(this.pause + waitOf(this.attempt++, Math.random()));
    }), milliseconds);
    this.timer = timer;
  }
}
