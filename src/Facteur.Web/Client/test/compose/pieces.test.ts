import { describe, expect, test } from "vitest";
import { RefusedError } from "../../src/compose/errors";
import { fitted, inPieces, paced, type Piece, type PieceWork } from "../../src/compose/pieces";
import { TransportError } from "../../src/jmap/client";

const mebi = 1024 * 1024;
const limits = { maxJoined: 80 * mebi, maxPieces: 64 };

/** A server that keeps octets, a line that breaks when it is told to, and a clock that runs with what is sent. */
function world(octetsPerSecond = 4 * mebi) {
  const blobs = new Map<string, Uint8Array>();
  const notes = new Map<string, readonly Piece[]>();
  const sent: number[] = [];
  let [now, isUp, breakAt, joined] = [0, true, Infinity, 0];
  const work: PieceWork = {
    notes: { load: async (key) => notes.get(key) ?? [], keep: async (key, pieces) => void notes.set(key, [...pieces]), drop: async (key) => void notes.delete(key) },
    post: async (octets, _type, onSent) => {
      now += (octets.size / octetsPerSecond) * 1000;
      if (!isUp || sent.length === breakAt) throw new TransportError(0, "offline");
      onSent(octets.size);
      sent.push(octets.size);
      blobs.set(`u${sent.length}`, new Uint8Array(await octets.arrayBuffer()));
      return `u${sent.length}`;
    },
    join: async (ids) => {
      const gone = ids.filter((id) => !blobs.has(id));
      if (gone.length > 0) throw new RefusedError({ type: "blobNotFound", notFound: gone });
      const whole = new Uint8Array(await new Blob(ids.map((id) => blobs.get(id)!.slice().buffer)).arrayBuffer());
      blobs.set("whole", whole);
      joined++;
      return { id: "whole", size: whole.length };
    },
    now: () => now,
  };
  return { work, blobs, notes, sent, cut: (at: number) => (breakAt = at), up: (is: boolean) => (isUp = is), joined: () => joined };
}

function file(size: number): Blob {
  return new Blob([new Uint8Array(size).map((_, at) => (at * 31 + (at >> 8)) & 255)]);
}

async function isSame(octets: Blob, other: Uint8Array | undefined): Promise<boolean> {
  const all = new Uint8Array(await octets.arrayBuffer());
  return all.length === other?.length && all.every((one, at) => one === other[at]);
}

const run = (one: ReturnType<typeof world>, octets: Blob, onPart: (part: number) => void = () => undefined, bounds = limits) => inPieces(one.work, bounds)({ key: "k", file: octets, type: "application/pdf" }, onPart, new AbortController().signal);

describe("files in pieces", () => {
  test("go up whole when they are small", async () => {
    const one = world();
    expect([await run(one, file(1000)), one.sent, one.joined()]).toEqual(["u1", [1000], 0]);
    expect(await run(one, file(0))).toBe("u2");
  });

  test("go on after a lost connection from the piece that had arrived", async () => {
    const [one, octets] = [world(), file(5 * mebi)];
    one.cut(2);
    const parts: number[] = [];
    await expect(run(one, octets, (part) => parts.push(part))).rejects.toThrow("offline");
    expect(one.notes.get("k")?.length).toBe(2);
    one.cut(Infinity);
    parts.length = 0;
    expect(await run(one, octets, (part) => parts.push(part))).toBe("whole");
    expect(one.sent.reduce((sum, size) => sum + size, 0)).toBe(octets.size);
    expect(Math.min(...parts)).toBeGreaterThan(0.3);
    expect(await isSame(octets, one.blobs.get("whole"))).toBe(true);
    expect(one.notes.size).toBe(0);
  });

  test("send again what the server has no more, and what follows it", async () => {
    const [one, octets] = [world(mebi / 4), file(3 * mebi)];
    one.cut(2);
    await expect(run(one, octets)).rejects.toThrow();
    const before = one.notes.get("k")!;
    one.blobs.delete(before[1]!.id);
    one.cut(Infinity);
    await run(one, octets);
    expect(one.blobs.get("whole")?.length).toBe(octets.size);
    expect(await isSame(octets, one.blobs.get("whole"))).toBe(true);
  });

  test("are smaller after each that did not arrive", async () => {
    const one = world();
    const tried: number[] = [];
    const post: PieceWork["post"] = (octets) => {
      tried.push(octets.size);
      return Promise.reject(new TransportError(0, "offline"));
    };
    const send = inPieces({ ...one.work, post }, limits);
    for (let i = 0; i < 4; i++) await expect(send({ key: "k", file: file(3 * mebi), type: "" }, () => undefined, new AbortController().signal)).rejects.toThrow();
    expect(tried).toEqual([mebi, mebi / 2, mebi / 4, mebi / 4]);
  });

  test("say why they are refused", async () => {
    const one = world();
    const refused = { ...one.work, join: () => Promise.reject(new RefusedError({ type: "tooLarge" })) };
    await expect(inPieces(refused, limits)({ key: "k", file: file(2 * mebi), type: "" }, () => undefined, new AbortController().signal)).rejects.toThrow("tooLarge");
  });

  test("are never more than may be joined", async () => {
    const one = world(1000);
    await run(one, file(9 * mebi), undefined, { maxJoined: 10 * mebi, maxPieces: 5 });
    expect(one.sent.length).toBeLessThanOrEqual(5);
    expect(one.sent.reduce((sum, size) => sum + size, 0)).toBe(9 * mebi);
  });

  test("are not made where the server joins none, or none so large", async () => {
    for (const bounds of [{ maxJoined: 0, maxPieces: 64 }, { maxJoined: mebi, maxPieces: 64 }, { maxJoined: 80 * mebi, maxPieces: 1 }]) {
      const one = world();
      await run(one, file(2 * mebi), undefined, bounds);
      expect([one.sent, one.joined()]).toEqual([[2 * mebi], 0]);
    }
  });

  test("are as large as the line is good", () => {
    expect([paced(mebi, 100), paced(mebi, 5_000), paced(mebi, 60_000), paced(8 * mebi, 1), paced(mebi / 4, 60_000)]).toEqual([2 * mebi, mebi, mebi / 2, 8 * mebi, mebi / 4]);
    expect([fitted(10, 100, 20), fitted(10, 100, 5), fitted(10, 4, 5), fitted(10, 100, 1)]).toEqual([10, 20, 4, 100]);
  });
});
