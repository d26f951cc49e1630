import { describe, expect, test } from "vitest";
import { DraftSaver, type SaveState, type Timer } from "../../src/compose/draftSaver";
import { readSaved, saveCalls, withParts } from "../../src/compose/draftRequests";
import { Outbox, type Outgoing, type OutboxWork } from "../../src/compose/outbox";
import { emptyContent } from "../../src/compose/model";
import { Uploads, type UploadState } from "../../src/compose/uploads";
import { MethodError, TransportError } from "../../src/jmap/client";

/** Timers that run when the test says so. */
class Clock implements Timer {
  now = 0;
  private next = 1;
  private readonly due = new Map<number, { at: number; run: () => void }>();
  set(run: () => void, milliseconds: number): number {
    this.due.set(this.next, { at: this.now + milliseconds, run });
    return this.next++;
  }
  clear(id: number): void {
    this.due.delete(id);
  }
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    for (;;) {
      const first = [...this.due].filter(([, one]) => one.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
      if (first === undefined) break;
      this.due.delete(first[0]);
      this.now = first[1].at;
      first[1].run();
      await settle();
    }
    this.now = end;
  }
}

async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
}

const offline = new TransportError(0, "offline");
const temporary = (error: unknown): boolean => error === offline;

describe("when drafts are saved", () => {
  function saver(save: () => Promise<void>): { clock: Clock; states: SaveState[]; saver: DraftSaver } {
    const [clock, states] = [new Clock(), [] as SaveState[]];
    return { clock, states, saver: new DraftSaver(save, temporary, (state) => states.push(state), clock, () => clock.now) };
  }

  test("3 s after the last change", async () => {
    let saves = 0;
    const one = saver(() => Promise.resolve(void saves++));
    one.saver.touch();
    await one.clock.pass(2_000);
    one.saver.touch();
    await one.clock.pass(2_900);
    expect(saves).toBe(0);
    await one.clock.pass(100);
    expect([saves, one.saver.isDirty, one.states.at(-1)]).toEqual([1, false, "saved"]);
    await one.clock.pass(60_000);
    expect(saves).toBe(1);
  });

  test("every 20 s for who writes without a pause", async () => {
    let saves = 0;
    const one = saver(() => Promise.resolve(void saves++));
    for (let i = 0; i < 50; i++) {
      one.saver.touch();
      await one.clock.pass(1_000);
    }
    expect(saves).toBe(2);
  });

  test("one at a time; what changes meanwhile is saved after it", async () => {
    const ends: (() => void)[] = [];
    const one = saver(() => new Promise((resolve) => ends.push(resolve)));
    one.saver.touch();
    await one.clock.pass(3_000);
    one.saver.touch();
    await one.clock.pass(10_000);
    expect(ends.length).toBe(1);
    ends[0]!();
    await settle();
    await one.clock.pass(3_000);
    expect(ends.length).toBe(2);
    ends[1]!();
    await settle();
    expect(one.saver.isDirty).toBe(false);
  });

  test("again after a lost connection, not after a refusal", async () => {
    const answers: unknown[] = [offline, offline, null, new Error("no")];
    let saves = 0;
    const one = saver(() => (answers[saves++] === null ? Promise.resolve() : Promise.reject(answers[saves - 1] as Error)));
    one.saver.touch();
    await one.clock.pass(60_000);
    expect([saves, one.states.at(-1)]).toEqual([3, "saved"]);
    one.saver.touch();
    await one.clock.pass(600_000);
    expect([saves, one.states.at(-1), one.saver.isDirty]).toEqual([4, "failed", true]);
  });

  test("flush waits for all of it; nothing is saved once stopped", async () => {
    let saves = 0;
    const one = saver(() => Promise.resolve(void saves++));
    one.saver.touch();
    await one.saver.flush();
    expect(saves).toBe(1);
    one.saver.touch();
    await one.saver.stop();
    await one.clock.pass(60_000);
    expect(saves).toBe(1);
  });
});

describe("the request that saves", () => {
  const version = { email: { subject: "x" }, messageId: "a@b", previous: "e1", isUncertain: false, draftsId: "m1" };

  test("destroys the former version through what was created", () => {
    const calls = saveCalls(version);
    expect(calls.map((call) => call[0])).toEqual(["Email/set", "Core/echo", "Email/set", "Email/get"]);
    expect(calls[1]![1]).toEqual({ "#created": { resultOf: "new", name: "Email/set", path: "/created/draft/id" }, old: ["e1"] });
  });
  test("after a save that was not answered all versions make way", () => {
    const calls = saveCalls({ ...version, isUncertain: true });
    expect(calls[0]![1]).toEqual({ filter: { inMailbox: "m1", header: ["Message-ID", "a@b"] } });
    expect(calls[2]![1]["#old"]).toEqual({ resultOf: "before", name: "Email/query", path: "/ids" });
  });
  test("a refusal says why, whatever the calls after it answer", () => {
    const calls = saveCalls(version);
    const refused = [{ created: null, notCreated: { draft: { type: "overQuota" } } }, new MethodError("invalidResultReference"), new MethodError("invalidResultReference"), { list: [] }];
    expect(() => readSaved(calls, refused)).toThrow("overQuota");
  });
  test("no connection is no refusal", () => {
    const calls = saveCalls(version);
    const none = [{ created: null, notCreated: null }, offline, offline, offline];
    expect(() => readSaved(calls, [offline, ...none.slice(1)])).toThrow(TransportError);
  });
  test("attachments move to the new version's blobs", () => {
    const part = { partId: "2", size: 1, charset: null, disposition: null };
    const attachments = [
      { key: "a", name: "x.pdf", type: "application/pdf", size: 1, blobId: "u1", cid: null }, { key: "b", name: "x.pdf", type: "application/pdf", size: 1, blobId: "u2", cid: null },
      { key: "c", name: "i.png", type: "image/png", size: 1, blobId: "u3", cid: "img@x" }, { key: "d", name: "later", type: "text/plain", size: 1, blobId: null, cid: null },
    ];
    const parts = [{ ...part, blobId: "e9-3", name: "i.png", type: "image/png", cid: "img@x" }, { ...part, blobId: "e9-4", name: "x.pdf", type: "application/pdf", cid: null }, { ...part, blobId: "e9-5", name: "x.pdf", type: "application/pdf", cid: null }];
    expect(withParts(attachments, parts).map((one) => one.blobId)).toEqual(["e9-4", "e9-5", "e9-3", null]);
  });
});

describe("the outbox", () => {
  const entry = (key: string): Outgoing => ({ key, content: emptyContent, messageId: `${key}@x`, emailId: null, at: null, queuedAt: Number(key), isUncertain: false });

  function outbox(send: (entry: Outgoing) => Promise<void>, keep?: () => Promise<void>): { box: Outbox; kept: Map<string, Outgoing>; log: string[]; clock: Clock } {
    const [kept, log, clock] = [new Map<string, Outgoing>(), [] as string[], new Clock()];
    const work: OutboxWork = {
      load: () => Promise.resolve([...kept.values()]), keep: keep ?? ((one) => Promise.resolve(void kept.set(one.key, one))), drop: (key) => Promise.resolve(void kept.delete(key)),
      send: async (one) => {
        await send(one);
        return { emailId: "e", submissionId: "s", attachments: null };
      },
      onSent: (one) => log.push(`sent ${one.key}`), onRefused: (one) => Promise.resolve(void log.push(`refused ${one.key}`)), onWaiting: (one) => log.push(`waiting ${one.key}`),
      alone: (run) => run(), later: (run, ms) => void clock.set(run, ms),
    };
    return { box: new Outbox(work), kept, log, clock };
  }

  test("what is refused comes back, the others leave", async () => {
    const one = outbox((message) => (message.key === "1" ? Promise.reject(new Error("no")) : Promise.resolve()));
    await one.box.add(entry("1"));
    await one.box.add(entry("2"));
    await one.box.flush();
    expect([one.log, one.kept.size, one.box.entries.value.length]).toEqual([["refused 1", "sent 2"], 0, 0]);
  });

  test("what has no connection waits, and is asked about before it is sent again", async () => {
    let isUp = false;
    const seen: boolean[] = [];
    const one = outbox((message) => {
      seen.push(message.isUncertain);
      return isUp ? Promise.resolve() : Promise.reject(offline);
    });
    await one.box.add(entry("1"));
    await one.box.flush();
    expect([one.log.at(-1), one.kept.get("1")?.isUncertain]).toEqual(["waiting 1", true]);
    isUp = true;
    await one.clock.pass(300_000);
    expect([one.log.at(-1), seen[0], seen.at(-1), one.kept.size]).toEqual(["sent 1", false, true, 0]);
  });

  test("a crash on the way leaves it uncertain", async () => {
    const one = outbox(() => new Promise(() => undefined));
    await one.box.add(entry("1"));
    await settle();
    expect(one.kept.get("1")?.isUncertain).toBe(true);
  });

  test("what this browser cannot keep is sent all the same, and not taken for sent by another page", async () => {
    let isUp = false;
    const one = outbox(() => (isUp ? Promise.resolve() : Promise.reject(offline)), () => Promise.reject(new Error("full")));
    expect(await one.box.add(entry("1"))).toBe(false);
    await one.box.flush();
    expect([one.box.entries.value.length, one.box.isFragile]).toEqual([1, true]);
    isUp = true;
    await one.box.flush();
    expect([one.log.at(-1), one.box.entries.value.length, one.box.isFragile]).toEqual(["sent 1", 0, false]);
  });

  test("what is kept from before is asked about first", async () => {
    const seen: boolean[] = [];
    const one = outbox((message) => Promise.resolve(void seen.push(message.isUncertain)));
    one.kept.set("1", entry("1"));
    await one.box.open();
    await one.box.flush();
    expect([seen, one.kept.size]).toEqual([[true], 0]);
  });

  test("one that another page sent is not sent again", async () => {
    const one = outbox(() => Promise.reject(offline));
    await one.box.add(entry("1"));
    await one.box.flush();
    one.kept.clear();
    await one.box.flush();
    expect(one.box.entries.value).toEqual([]);
  });
});

describe("uploads", () => {
  function uploads(send: (key: string, signal: AbortSignal) => Promise<string>): { uploads: Uploads; states: Map<string, UploadState>; done: Map<string, string>; clock: Clock; running: () => number } {
    const [states, done, clock] = [new Map<string, UploadState>(), new Map<string, string>(), new Clock()];
    let running = 0;
    const all = new Uploads(async (upload, _part, signal) => {
      running++;
      try {
        return await send(upload.key, signal);
      } finally {
        running--;
      }
    }, { onState: (key, state) => states.set(key, state), onDone: (key, blobId) => done.set(key, blobId) }, 2, (run, ms) => void clock.set(run, ms));
    return { uploads: all, states, done, clock, running: () => running };
  }
  const file = (key: string): { key: string; file: Blob; type: string } => ({ key, file: new Blob(["x"]), type: "text/plain" });

  test("two at a time", async () => {
    const ends: (() => void)[] = [];
    const one = uploads((key) => new Promise((resolve) => ends.push(() => resolve(`u${key}`))));
    for (const key of ["1", "2", "3"]) one.uploads.add(file(key));
    await settle();
    expect(one.running()).toBe(2);
    ends[0]!();
    await settle();
    expect([one.running(), one.done.get("1")]).toEqual([2, "u1"]);
    for (const end of ends.slice(1)) end();
    await one.uploads.settled();
    expect([...one.done.keys()]).toEqual(["1", "2", "3"]);
  });

  test("sent again when the connection is back", async () => {
    let isUp = false;
    const one = uploads((key) => (isUp ? Promise.resolve(key) : Promise.reject(offline)));
    one.uploads.add(file("1"));
    await one.uploads.settled();
    expect([one.states.get("1")?.kind, one.uploads.isBusy]).toEqual(["paused", true]);
    isUp = true;
    one.uploads.retry();
    await one.uploads.settled();
    await settle();
    expect(one.done.get("1")).toBe("1");
  });

  test("what is refused fails until somebody tries again; what is cancelled is gone", async () => {
    const aborted: string[] = [];
    const one = uploads((key, signal) => (key === "1" ? Promise.reject(new TransportError(413, "too large")) : new Promise((_resolve, reject) => signal.addEventListener("abort", () => {
      aborted.push(key);
      reject(new DOMException("", "AbortError"));
    }))));
    one.uploads.add(file("1"));
    one.uploads.add(file("2"));
    await settle();
    expect([one.states.get("1")?.kind, one.uploads.hasFailed]).toEqual(["failed", true]);
    one.uploads.cancel("2");
    one.uploads.cancel("1");
    await settle();
    expect([aborted, one.uploads.isBusy, one.done.size]).toEqual([["2"], false, 0]);
  });
});
