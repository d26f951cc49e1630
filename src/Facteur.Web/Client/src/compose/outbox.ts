// What is to be sent. It is kept in this browser before anything is asked of the server and stays until the server has it, through lost connections and crashes.
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Id } from "../jmap/types";
import type { Sent } from "./deliver";
import { isTemporary } from "./errors";
import type { DraftContent } from "./model";

export interface Outgoing {
  /** Of the draft it was. */
  readonly key: string;
  readonly content: DraftContent;
  readonly messageId: string;
  /** Its draft on the server. */
  readonly emailId: Id | null;
  /** When people chose a time: an ISO date. */
  readonly at: string | null;
  readonly queuedAt: number;
  /** An attempt was not answered: before another one it is asked whether the message has left. */
  readonly isUncertain: boolean;
  /** It was taken out once after such an attempt, and changed: should that one have left, this is another message. */
  readonly isChanged?: boolean;
}

/** What the outbox needs of the world. */
export interface OutboxWork {
  load(): Promise<readonly Outgoing[]>;
  /** Rejects when this browser keeps nothing (any more). */
  keep(entry: Outgoing): Promise<void>;
  drop(key: string): Promise<void>;
  /** Sends one, with the files it still has to bring up. */
  send(entry: Outgoing): Promise<Sent>;
  /** It is sent. */
  onSent(entry: Outgoing, sent: Sent): void;
  /** The server does not take it as it is: somebody has to change it. */
  onRefused(entry: Outgoing, error: unknown): Promise<void>;
  /** It waits for the connection. */
  onWaiting(entry: Outgoing): void;
  /** Runs alone among all pages of this browser. */
  alone<T>(run: () => Promise<T>): Promise<T>;
  later(run: () => void, milliseconds: number): void;
}

const firstRetryMilliseconds = 5_000;
const lastRetryMilliseconds = 120_000;

export class Outbox {
  private readonly waiting = signal<readonly Outgoing[]>([]);
  private running: Promise<void> | null = null;
  private again = false;
  private pause = firstRetryMilliseconds;
  private timed = false;
  /** What this browser could not keep, and this page alone holds. */
  private readonly unkept = new Set<string>();

  constructor(private readonly work: OutboxWork) {}

  /** Messages that are not with the server yet, oldest first. */
  get entries(): ReadonlySignal<readonly Outgoing[]> {
    return this.waiting;
  }

  /** Whether closing the page would lose a message. */
  get isFragile(): boolean {
    return this.unkept.size > 0;
  }

  /** Takes what is kept from before: how far it came is not known, whatever was noted. */
  async open(): Promise<void> {
    const kept = (await this.work.load()).filter((one) => !this.waiting.value.some((other) => other.key === one.key));
    this.waiting.value = [...this.waiting.value, ...kept.map((one) => ({ ...one, isUncertain: true }))].sort((a, b) => a.queuedAt - b.queuedAt);
    if (this.waiting.value.length > 0) void this.flush();
  }

  /** Keeps a message and sends it as soon as that can be; resolves once it is kept, or with false when only this page has it. */
  async add(entry: Outgoing): Promise<boolean> {
    const isKept = await this.keep(entry);
    this.waiting.value = [...this.waiting.value.filter((one) => one.key !== entry.key), entry];
    void this.flush();
    return isKept;
  }

  /** Takes a message out again, to write on; null when it has left. */
  async take(key: string): Promise<Outgoing | null> {
    await this.running;
    const entry = this.waiting.value.find((one) => one.key === key) ?? null;
    if (entry !== null) await this.remove(key);
    return entry;
  }

  /** Sends what waits; for when the connection is back. */
  flush(): Promise<void> {
    if (this.running !== null) {
      this.again = true;
      return this.running;
    }
    this.running = this.work.alone(() => this.sendAll()).finally(() => (this.running = null));
    return this.running;
  }

  private async sendAll(): Promise<void> {
    do {
      this.again = false;
      // Another page may have sent some since.
      const kept = new Set((await this.work.load()).map((one) => one.key));
      for (const entry of this.waiting.value) {
        if (!kept.has(entry.key) && !this.unkept.has(entry.key)) this.waiting.value = this.waiting.value.filter((one) => one.key !== entry.key);
        else if (!(await this.sendOne(entry))) return;
      }
    } while (this.again);
  }

  /** False when there is no use in trying others now. */
  private async sendOne(entry: Outgoing): Promise<boolean> {
    try {
      // Noted before: a crash on the way leaves it uncertain.
      if (!entry.isUncertain) await this.keep({ ...entry, isUncertain: true });
      const sent = await this.work.send(entry);
      await this.remove(entry.key);
      this.pause = firstRetryMilliseconds;
      this.work.onSent(entry, sent);
      return true;
    } catch (error) {
      if (isTemporary(error)) {
        this.waiting.value = this.waiting.value.map((one) => (one.key === entry.key ? { ...entry, isUncertain: true } : one));
        this.work.onWaiting(entry);
        this.retryLater();
        return false;
      }
      await this.work.onRefused(entry, error);
      await this.remove(entry.key);
      return true;
    }
  }

  private retryLater(): void {
    if (this.timed) return;
    this.timed = true;
    this.work.later(() => {
      this.timed = false;
      void this.flush();
    }, this.pause);
    this.pause = Math.min(this.pause * 2, lastRetryMilliseconds);
  }

  private async keep(entry: Outgoing): Promise<boolean> {
    try {
      await this.work.keep(entry);
      this.unkept.delete(entry.key);
      return true;
    } catch {
      this.unkept.add(entry.key);
      return false;
    }
  }

  private async remove(key: string): Promise<void> {
    this.unkept.delete(key);
    await this.work.drop(key);
    this.waiting.value = this.waiting.value.filter((one) => one.key !== key);
  }
}
