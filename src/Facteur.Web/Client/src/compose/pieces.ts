// Large files go up in pieces that the server joins (RFC 9404 §4.1): what has arrived need not be sent again after a lost connection.
import { TransportError } from "../jmap/client";
import type { Id } from "../jmap/types";
import { RefusedError } from "./errors";
import type { Send, Upload } from "./uploads";

/** Octets that are with the server; pieces stand in the order of the file and without gaps. */
export interface Piece {
  readonly id: Id;
  readonly size: number;
}

export interface PieceNotes {
  load(key: string): Promise<readonly Piece[]>;
  keep(key: string, pieces: readonly Piece[]): Promise<void>;
  drop(key: string): Promise<void>;
}

export interface PieceWork {
  readonly notes: PieceNotes;
  /** Sends octets; answers their blob. */
  post(octets: Blob, type: string, onSent: (octets: number) => void, signal: AbortSignal): Promise<Id>;
  /** A blob of several, one behind the other. RefusedError `blobNotFound` names those that are gone. */
  join(pieces: readonly Id[], type: string): Promise<Piece>;
  now(): number;
}

/** What the server lets be joined (RFC 9404 §3.1). */
export interface PieceLimits {
  /** Octets of what is joined. */
  readonly maxJoined: number;
  readonly maxPieces: number;
}

const mebi = 1024 * 1024;
export const firstPiece = mebi;
const [smallestPiece, largestPiece] = [mebi / 4, 8 * mebi];
/** A piece that takes so long is a good one: little is lost with it, and little time with its answer. */
const [quickMilliseconds, slowMilliseconds] = [1_500, 12_000];
const maxRounds = 3;

/** How much to send next, by how long the piece before took. */
export function paced(before: number, took: number): number {
  const wanted = took < quickMilliseconds ? before * 2 : took > slowMilliseconds ? before / 2 : before;
  return Math.min(largestPiece, Math.max(smallestPiece, wanted));
}

/** As much as is wanted, or more where the rest would not go into the pieces that are left. */
export function fitted(wanted: number, left: number, piecesLeft: number): number {
  return Math.min(left, Math.max(wanted, Math.ceil(left / Math.max(1, piecesLeft))));
}

export function inPieces(work: PieceWork, limits: PieceLimits): Send {
  const paces = new Map<string, number>();
  return async (upload, onPart, signal) => {
    const { file, key, type } = upload;
    if (file.size <= firstPiece || file.size > limits.maxJoined || limits.maxPieces < 2) return work.post(file, type, (sent) => onPart(file.size === 0 ? 1 : sent / file.size), signal);
    for (let round = 1; ; round++) {
      const pieces = await sendPieces(work, limits, upload, paces, onPart, signal);
      paces.delete(key);
      try {
        const whole = await work.join(pieces.map((one) => one.id), type);
        await work.notes.drop(key);
        if (whole.size !== file.size) throw new TransportError(502, "the pieces do not make the file");
        return whole.id;
      } catch (error) {
        const left = withoutGone(pieces, error);
        if (left === undefined || round === maxRounds) throw error;
        await work.notes.keep(key, left);
      }
    }
  };
}

/** Sends what is not with the server yet; each piece is noted when it has arrived. */
async function sendPieces(work: PieceWork, limits: PieceLimits, { file, key }: Upload, paces: Map<string, number>, onPart: (part: number) => void, signal: AbortSignal): Promise<readonly Piece[]> {
  const pieces = [...fitting(await work.notes.load(key), file.size)];
  let at = pieces.reduce((sum, one) => sum + one.size, 0);
  while (at < file.size) {
    signal.throwIfAborted();
    onPart(at / file.size);
    const [begun, from, size] = [work.now(), at, paces.get(key) ?? firstPiece];
    const octets = file.slice(at, at + fitted(size, file.size - at, limits.maxPieces - pieces.length));
    // Should it not arrive, the next try is a smaller one.
    paces.set(key, paced(size, Infinity));
    pieces.push({ id: await work.post(octets, "application/octet-stream", (sent) => onPart((from + Math.min(sent, octets.size)) / file.size), signal), size: octets.size });
    at += octets.size;
    await work.notes.keep(key, pieces);
    paces.set(key, paced(size, work.now() - begun));
  }
  onPart(1);
  return pieces;
}

/** Notes of another file, or of none: nothing of them holds. */
function fitting(pieces: readonly Piece[], size: number): readonly Piece[] {
  return pieces.every((one) => one.size > 0) && pieces.reduce((sum, one) => sum + one.size, 0) <= size ? pieces : [];
}

/** Pieces before the first one that the server has no more; undefined when that is not what was wrong. */
function withoutGone(pieces: readonly Piece[], error: unknown): readonly Piece[] | undefined {
  if (!(error instanceof RefusedError) || error.error.type !== "blobNotFound") return undefined;
  const gone = Array.isArray(error.error["notFound"]) ? (error.error["notFound"] as unknown[]) : [];
  const first = pieces.findIndex((one) => gone.includes(one.id));
  return first < 0 ? [] : pieces.slice(0, first);
}
