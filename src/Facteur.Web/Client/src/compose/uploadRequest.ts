import { Capability, SignedOutError, TransportError, type JmapClient } from "../jmap/client";
import type { Id, SetError } from "../jmap/types";
import { RefusedError } from "./errors";
import { pieceNotes } from "./pieceNotes";
import { inPieces, type Piece, type PieceLimits, type PieceWork } from "./pieces";
import type { Send } from "./uploads";

/** A line on which nothing moves for so long is lost, whatever it says itself; longer for more, since what the system has taken over is told as sent. */
const stallMilliseconds = (octets: number): number => Math.min(60_000 + octets / 8, 200_000);
const mediaType = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/u;

/** Sends files, large ones in pieces where the server joins them. */
export function uploadWith(client: JmapClient): Send {
  return inPieces({ notes: pieceNotes(client.accountId), post: (...args) => post(client, ...args), join: (pieces, type) => join(client, pieces, type), now: () => performance.now() }, limitsOf(client));
}

function limitsOf(client: JmapClient): PieceLimits {
  const blob = client.has(Capability.blob) ? client.session.accounts[client.accountId]?.accountCapabilities[Capability.blob] : undefined;
  const [size, sources] = [blob?.["maxSizeBlobSet"], blob?.["maxDataSources"]];
  return { maxJoined: blob === undefined ? 0 : typeof size === "number" ? size : Number.MAX_SAFE_INTEGER, maxPieces: typeof sources === "number" ? sources : 64 };
}

/** XMLHttpRequest: fetch tells nothing of how much has left. */
const post = (client: JmapClient, ...[octets, type, onSent, signal]: Parameters<PieceWork["post"]>): Promise<Id> => new Promise<Id>((resolve, reject) => {
  const request = new XMLHttpRequest();
  let stalled: ReturnType<typeof setTimeout> | undefined;
  const moves = (): void => {
    clearTimeout(stalled);
    stalled = setTimeout(() => {
      reject(new TransportError(0, "offline"));
      request.abort();
    }, stallMilliseconds(octets.size));
  };
  request.open("POST", client.uploadUrl());
  request.responseType = "json";
  request.setRequestHeader("Content-Type", type);
  request.upload.onprogress = (event) => {
    moves();
    onSent(event.loaded);
  };
  request.onload = () => {
    const answer = request.response as { blobId?: string; detail?: string } | null;
    if (request.status === 201 && typeof answer?.blobId === "string") resolve(answer.blobId);
    else if (request.status === 401) reject(new SignedOutError());
    else reject(new TransportError(request.status, answer?.detail ?? request.statusText));
  };
  request.onerror = () => reject(new TransportError(0, "offline"));
  request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
  request.onloadend = () => clearTimeout(stalled);
  signal.addEventListener("abort", () => request.abort(), { once: true });
  moves();
  request.send(octets);
});

async function join(client: JmapClient, pieces: readonly Id[], type: string): Promise<Piece> {
  const answer = await client.call<{ readonly created: Readonly<Record<string, Piece>> | null; readonly notCreated: Readonly<Record<string, SetError>> | null }>("Blob/upload", {
    create: { whole: { data: pieces.map((blobId) => ({ blobId })), type: mediaType.test(type) ? type : "application/octet-stream" } },
  });
  const whole = answer.created?.["whole"];
  if (whole === undefined) throw new RefusedError({ ...(answer.notCreated?.["whole"] ?? { type: "serverFail" }) });
  return whole;
}
