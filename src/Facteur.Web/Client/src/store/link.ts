import { signal, type ReadonlySignal } from "@preact/signals";
import { request, sessionUrl, SignedOutError, type JmapClient } from "../jmap/client";

/** Types whose changes the shell shows; those of settings are few and come along. */
const types = ["Email", "Thread", "Mailbox", "Identity", "Quota", "EmailSubmission", "VacationResponse", "WebmailSettings"];

const firstWait = 1_000;
const longestWait = 60_000;

/** Milliseconds until the next try: twice as long each time, somewhere in the upper half so that not all browsers come at once. */
export function waitOf(attempt: number, random: number): number {
  return Math.min(longestWait, firstWait * 2 ** attempt) * (0.5 + random / 2);
}

/** The line on which the server tells what changed; kept up by itself. */
export class Link {
  private readonly up = signal(true);
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private close: () => void = () => undefined;
  /** At first, too: what happened between the first answers and the stream was told to nobody. */
  private wasDown = true;

  constructor(private readonly client: JmapClient, private readonly onState: (changed: Readonly<Record<string, string>>) => void, private readonly onUp: () => void, private readonly onSignedOut: () => void) {}

  get isUp(): ReadonlySignal<boolean> {
    return this.up;
  }

  open(): void {
    this.close();
    this.close = this.client.listen(types, this.onState, (isUp, isOver) => {
      if (isUp) this.rise();
      else this.fall(isOver);
    });
    // Nothing may tell of a net that is gone for as long as the line is silent.
    addEventListener("offline", this.lost);
    // A browser that was asleep or off the net need not wait for its turn.
    addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
  }

  /** A request failed for want of a connection. */
  fall(isOver = false): void {
    this.wasDown = true;
    // The stream ends by itself now and then and is back at once: nobody needs to hear of that.
    if (isOver || !navigator.onLine || this.attempt > 0) this.up.value = false;
    if (!isOver) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.again(), waitOf(this.attempt++, Math.random()));
  }

  private rise(): void {
    this.attempt = 0;
    this.up.value = true;
    if (!this.wasDown) return;
    this.wasDown = false;
    this.onUp();
  }

  private readonly lost = (): void => this.fall();

  private readonly wake = (): void => {
    if (document.visibilityState === "visible" && !this.up.peek()) void this.again();
  };

  private async again(): Promise<void> {
    clearTimeout(this.timer);
    try {
      await request(sessionUrl, {});
      this.open();
    } catch (error) {
      if (error instanceof SignedOutError) this.onSignedOut();
      else this.fall(true);
    }
  }
}
