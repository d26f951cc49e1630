import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Rounds } from "../src/offline/rounds";
import { installed } from "../src/offline/updates";

class Worker extends EventTarget {
  state: ServiceWorkerState = "installing";

  become(state: ServiceWorkerState): void {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}

const registration = (installing: Worker | null, active: Worker | null = null) => ({ installing, waiting: null, active }) as unknown as ServiceWorkerRegistration;

describe("keeping what is in this browser", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("is tried again, later each time, until a round was whole", async () => {
    const begun: number[] = [];
    const rounds = new Rounds(async () => {
      begun.push(Date.now());
      if (begun.length < 4) throw new TypeError("no answer");
    }, 1_500);
    const first = Date.now();
    rounds.soon();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(begun).toHaveLength(4);
    const waits = begun.map((at, index) => at - (begun[index - 1] ?? first));
    expect(waits[0]).toBe(1_500);
    for (const [index, from] of [2_000, 2_500, 3_500].entries()) expect(waits[index + 1]).toBeGreaterThanOrEqual(from);
  });

  test("goes on once for a burst of changes, and no more once it has ended", async () => {
    let count = 0;
    const rounds = new Rounds(async () => { count++; throw new TypeError("no answer"); }, 1_500);
    for (let wish = 0; wish < 5; wish++) rounds.soon();
    await vi.advanceTimersByTimeAsync(1_500);
    expect(count).toBe(1);
    rounds.end();
    rounds.soon();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(count).toBe(1);
  });
});

describe("the first worker", () => {
  test("is asked for again when a file of it did not come, or its script", async () => {
    const failing = new Worker();
    const whole = new Worker();
    const last = registration(whole);
    const answers = [() => Promise.reject(new TypeError("no script")), async () => registration(failing), async () => last];
    const pauses: number[] = [];
    let asked = 0;
    const waiting = installed(() => answers[asked++]!(), async (attempt) => void pauses.push(attempt));
    await vi.waitFor(() => expect(asked).toBe(2));
    failing.become("redundant");
    await vi.waitFor(() => expect(asked).toBe(3));
    whole.become("installed");
    expect(await waiting).toBe(last);
    expect(pauses).toEqual([0, 1]);
  });

  test("that is there already is taken as it is", async () => {
    const there = registration(null, new Worker());
    expect(await installed(async () => there)).toBe(there);
  });
});
