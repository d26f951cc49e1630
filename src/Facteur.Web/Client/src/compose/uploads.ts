// Files on their way to the server (RFC 8620 §6.1): a few at a time, with progress, cancelled at will, sent again after a lost connection.
import type { Id } from "../jmap/types";
import { isTemporary } from "./errors";

export interface Upload {
  readonly key: string;
  readonly file: Blob;
  readonly type: string;
}

export type UploadState =
  | { readonly kind: "waiting" }
  | { readonly kind: "running"; readonly part: number }
  /** Waits for the connection, and goes on from there. */
  | { readonly kind: "paused"; readonly part: number }
  | { readonly kind: "failed"; readonly error: unknown };

export interface UploadEvents {
  onState(key: string, state: UploadState): void;
  onDone(key: string, blobId: Id): void;
}

/** Sends one file; `onPart` is told how much of it has left, 0 to 1. */
export type Send = (upload: Upload, onPart: (part: number) => void, signal: AbortSignal) => Promise<Id>;

interface Job {
  readonly upload: Upload;
  readonly abort: AbortController;
  tries: number;
  /** How much has left, 0 to 1. */
  part: number;
  state: "waiting" | "running" | "paused" | "failed";
}

const firstRetryMilliseconds = 1_000;
const lastRetryMilliseconds = 60_000;

export class Uploads {
  private readonly jobs = new Map<string, Job>();
  private idle: (() => void)[] = [];

  constructor(
    private readonly send: Send, private readonly events: UploadEvents, private readonly atOnce = 3,
    private readonly later: (run: () => void, milliseconds: number) => void = (run, ms) => void setTimeout(run, ms)) {}

  get isBusy(): boolean {
    return [...this.jobs.values()].some((job) => job.state !== "failed");
  }

  get hasFailed(): boolean {
    return [...this.jobs.values()].some((job) => job.state === "failed");
  }

  add(upload: Upload): void {
    this.cancel(upload.key);
    this.jobs.set(upload.key, { upload, abort: new AbortController(), tries: 0, part: 0, state: "waiting" });
    this.events.onState(upload.key, { kind: "waiting" });
    this.pump();
  }

  cancel(key: string): void {
    const job = this.jobs.get(key);
    if (job === undefined) return;
    this.jobs.delete(key);
    job.abort.abort();
    this.pump();
  }

  /** Tries again at once what waits or failed: the connection is back, or somebody pressed the button. */
  retry(key?: string): void {
    for (const job of this.jobs.values()) if ((job.state === "paused" || job.state === "failed") && (key === undefined || job.upload.key === key)) job.state = "waiting";
    this.pump();
  }

  /** Resolves once nothing runs or waits: all is there, paused or failed. */
  settled(): Promise<void> {
    return this.isMoving ? new Promise((resolve) => this.idle.push(resolve)) : Promise.resolve();
  }

  private get isMoving(): boolean {
    return [...this.jobs.values()].some((job) => job.state === "running" || job.state === "waiting");
  }

  private pump(): void {
    let running = [...this.jobs.values()].filter((job) => job.state === "running").length;
    for (const job of this.jobs.values()) {
      if (running >= this.atOnce) break;
      if (job.state !== "waiting") continue;
      running++;
      job.state = "running";
      void this.run(job);
    }
    if (!this.isMoving) for (const resolve of this.idle.splice(0)) resolve();
  }

  private async run(job: Job): Promise<void> {
    const { upload, abort } = job;
    this.events.onState(upload.key, { kind: "running", part: job.part });
    const onPart = (part: number): void => {
      if (!this.isCurrent(job)) return;
      // What gets on is not held back by what failed before.
      if (part > job.part) job.tries = 0;
      job.part = part;
      this.events.onState(upload.key, { kind: "running", part });
    };
    try {
      const blobId = await this.send(upload, onPart, abort.signal);
      if (this.isCurrent(job)) {
        this.jobs.delete(upload.key);
        this.events.onDone(upload.key, blobId);
      }
    } catch (error) {
      if (this.isCurrent(job)) this.failed(job, error);
    }
    this.pump();
  }

  private failed(job: Job, error: unknown): void {
    if (!isTemporary(error)) {
      job.state = "failed";
      this.events.onState(job.upload.key, { kind: "failed", error });
      return;
    }
    job.state = "paused";
    this.events.onState(job.upload.key, { kind: "paused", part: job.part });
    const pause = Math.min(firstRetryMilliseconds * 2 ** job.tries++, lastRetryMilliseconds);
    this.later(() => {
      if (!this.isCurrent(job) || job.state !== "paused") return;
      job.state = "waiting";
      this.pump();
    }, pause);
  }

  private isCurrent(job: Job): boolean {
    return this.jobs.get(job.upload.key) === job;
  }
}
