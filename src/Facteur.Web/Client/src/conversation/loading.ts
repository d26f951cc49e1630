import type { JmapClient } from "../jmap/client";
import { contentTypeField, type BodyPart, type Email, type EmailAddress, type GetAnswer, type Id } from "../jmap/types";

/** A message with all that the conversation shows of it. */
export interface FullEmail extends Email {
  readonly sender: readonly EmailAddress[] | null;
  readonly "header:Authentication-Results:asRaw:all": readonly string[];
  readonly "header:List-Unsubscribe:asURLs": readonly string[] | null;
  readonly "header:List-Unsubscribe-Post:asText": string | null;
  readonly "header:List-Id:asText": string | null;
}

const maxBodyOctets = 2 * 1024 * 1024;
const maxKept = 60;

export const bodyProperties = ["partId", "blobId", "size", "name", "type", "charset", "disposition", "cid", contentTypeField] as const;
export const fullProperties = [
  "id", "blobId", "threadId", "mailboxIds", "keywords", "size", "receivedAt", "hasAttachment", "preview", "from", "sender", "to", "cc", "bcc", "replyTo", "subject", "sentAt", "messageId",
  "inReplyTo", "references", "textBody", "htmlBody", "attachments", "bodyValues",
  "header:Authentication-Results:asRaw:all", "header:List-Unsubscribe:asURLs", "header:List-Unsubscribe-Post:asText", "header:List-Id:asText",
] as const;

/** Messages never change; only their keywords and mailboxes do, which the store follows. Those last shown are kept. */
const kept = new Map<Id, FullEmail>();
const coming = new Map<Id, Promise<void>>();
let shown: readonly Id[] = [];

export function loadedEmail(id: Id): FullEmail | undefined {
  return kept.get(id);
}

/** Loads messages that are shown and not there yet, in one request. */
export async function loadEmails(client: JmapClient, ids: readonly Id[]): Promise<void> {
  shown = ids;
  await bring(client, ids);
}

/** The same for messages that may be shown next. */
export async function bring(client: JmapClient, ids: readonly Id[]): Promise<void> {
  const missing = ids.filter((id) => !kept.has(id) && !coming.has(id));
  if (missing.length > 0) {
    const asked = ask(client, missing).finally(() => missing.forEach((id) => coming.delete(id)));
    for (const id of missing) coming.set(id, asked);
  }
  await Promise.all(new Set(ids.map((id) => coming.get(id))));
}

async function ask(client: JmapClient, ids: readonly Id[]): Promise<void> {
  const answer = await client.call<GetAnswer<FullEmail>>("Email/get", {
    ids, properties: fullProperties, bodyProperties, fetchTextBodyValues: true, fetchHTMLBodyValues: true, maxBodyValueBytes: maxBodyOctets,
  });
  for (const email of answer.list) {
    kept.delete(email.id);
    kept.set(email.id, email);
  }
  for (const id of kept.keys()) {
    if (kept.size <= maxKept) break;
    if (!ids.includes(id) && !shown.includes(id)) kept.delete(id);
  }
}

/** A message that is no email of the account: an attachment, or one inside an attachment. */
export async function parseEmail(client: JmapClient, blobId: Id): Promise<FullEmail | undefined> {
  const answer = await client.call<{ readonly parsed: Readonly<Record<Id, FullEmail>> | null }>("Email/parse", {
    blobIds: [blobId], properties: fullProperties.filter((name) => !["id", "threadId", "mailboxIds", "keywords", "receivedAt"].includes(name)), bodyProperties,
    fetchTextBodyValues: true, fetchHTMLBodyValues: true, maxBodyValueBytes: maxBodyOctets,
  });
  return answer.parsed?.[blobId];
}

/** The octets of a part or message; null when it is larger than wanted. */
export async function fetchBlob(client: JmapClient, part: Pick<BodyPart, "blobId" | "name" | "type">, maxOctets: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer> | null> {
  if (part.blobId === null) return null;
  const response = await fetch(client.downloadUrl(part.blobId, part.name ?? "part", "application/octet-stream"), { credentials: "same-origin", ...(signal ? { signal } : {}) });
  if (!response.ok) throw new Error(response.statusText);
  if (Number(response.headers.get("Content-Length") ?? 0) > maxOctets) {
    await response.body?.cancel();
    return null;
  }
  return new Uint8Array(await response.arrayBuffer());
}
