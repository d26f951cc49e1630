import { describe, expect, test } from "vitest";
import { Turns } from "../src/jmap/turns";

/** Work that ends when it is told to. */
function work(log: string[], name: string) {
  let end!: () => void;
  let fail!: (why: Error) => void;
  const ended = new Promise<void>((resolve, reject) => ([end, fail] = [resolve, reject]));
  const run = (): Promise<void> => {
    log.push(name);
    return ended;
  };
  return { run, end, fail };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe("Turns", () => {
  test("lets no more run than it may, the others in their order", async () => {
    const log: string[] = [];
    const turns = new Turns(2);
    const all = ["a", "b", "c", "d"].map((name) => work(log, name));
    const done = all.map((one) => turns.take(one.run));
    await settled();
    expect(log).toEqual(["a", "b"]);
    all[1]!.end();
    await settled();
    expect(log).toEqual(["a", "b", "c"]);
    for (const one of all) one.end();
    await Promise.all(done);
    expect(log).toEqual(["a", "b", "c", "d"]);
  });
  test("goes on after a failure, and tells of it", async () => {
    const log: string[] = [];
    const turns = new Turns(1);
    const [first, second] = [work(log, "a"), work(log, "b")];
    const done = [turns.take(first.run), turns.take(second.run)];
    first.fail(new Error("no"));
    await expect(done[0]).rejects.toThrow("no");
    second.end();
    await done[1];
    expect(log).toEqual(["a", "b"]);
    await turns.take(() => Promise.resolve());
  });
});
