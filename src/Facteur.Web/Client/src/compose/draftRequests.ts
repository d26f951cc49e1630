// Drafts on the server. A draft is an Email that never changes (RFC 8621 §4.6): each save creates the new one and destroys the former, in one request.
import type { JmapClient } from "../jmap/client";
import type { BodyPart, EmailAddress, GetAnswer, Id, SetAnswer } from "../jmap/types";
import { RefusedError } from "./errors";
import type { Attachment } from "./model";

export type Call = readonly [method: string, args: Readonly<Record<string, unknown>>, id: string];

export interface DraftVersion {
  /** The email to create. */
  readonly email: Readonly<Record<string, unknown>>;
  readonly messageId: string;
  /** The version before; null when there is none. */
  readonly previous: Id | null;
  /** A save was not answered: there may be a version that is not known here. All of this Message-ID in Drafts make way then. */
  readonly isUncertain: boolean;
  readonly draftsId: Id;
}

export interface SavedDraft {
  readonly emailId: Id;
  readonly threadId: Id;
  /** Where the octets of its attachments are now; those of the version before went with it. */
  readonly parts: readonly BodyPart[];
}

/** Calls that create a version and, only once it is there, destroy those before: a version that is refused costs nothing. */
export function saveCalls(version: DraftVersion): Call[] {
  const before: Call[] = version.isUncertain ? [["Email/query", { filter: { inMailbox: version.draftsId, header: ["Message-ID", version.messageId] } }, "before"]] : [];
  const old = version.isUncertain ? { "#old": { resultOf: "before", name: "Email/query", path: "/ids" } } : { old: version.previous === null ? [] : [version.previous] };
  return [
    ...before,
    ["Email/set", { create: { draft: version.email } }, "new"],
    // Fails when nothing was created, and what refers to it with it.
    ["Core/echo", { "#created": { resultOf: "new", name: "Email/set", path: "/created/draft/id" }, ...old }, "old"],
    ["Email/set", { "#destroy": { resultOf: "old", name: "Core/echo", path: "/old" } }, "gone"],
    ["Email/get", { ids: ["#draft"], properties: ["attachments"], bodyProperties: ["partId", "blobId", "size", "name", "type", "charset", "disposition", "cid"] }, "parts"],
  ];
}

export async function saveDraft(client: JmapClient, version: DraftVersion): Promise<SavedDraft> {
  const calls = saveCalls(version);
  return readSaved(calls, await client.settle(calls));
}

export function readSaved(calls: readonly Call[], answers: readonly unknown[]): SavedDraft {
  const created = answerTo<SetAnswer>(calls, answers, "new");
  const one = created.created?.["draft"] as { id: Id; threadId: Id } | undefined;
  if (one === undefined) throw new RefusedError({ ...(created.notCreated?.["draft"] ?? { type: "serverFail" }) });
  const parts = answerOrNull<GetAnswer<{ attachments: readonly BodyPart[] }>>(calls, answers, "parts");
  return { emailId: one.id, threadId: one.threadId, parts: parts?.list[0]?.attachments ?? [] };
}

export function answerTo<T>(calls: readonly Call[], answers: readonly unknown[], id: string): T {
  const answer = answers[calls.findIndex((call) => call[2] === id)];
  // Also that there was no connection: who sends has to know that from a refusal.
  if (answer instanceof Error) throw answer;
  return answer as T;
}

function answerOrNull<T>(calls: readonly Call[], answers: readonly unknown[], id: string): T | null {
  const answer = answers[calls.findIndex((call) => call[2] === id)];
  return answer === undefined || answer instanceof Error ? null : (answer as T);
}

/** Moves a draft that is discarded into the trash, or back. */
export async function moveDraft(client: JmapClient, emailId: Id, from: Id, to: Id): Promise<void> {
  const answer = await client.call<SetAnswer>("Email/set", { update: { [emailId]: { [`mailboxIds/${from}`]: null, [`mailboxIds/${to}`]: true } } });
  const refused = answer.notUpdated?.[emailId];
  if (refused !== undefined) throw new RefusedError({ ...refused });
}

/** Attachments with the blobs of the version that was saved just now. */
export function withParts(attachments: readonly Attachment[], parts: readonly BodyPart[]): Attachment[] {
  const left = [...parts];
  return attachments.map((one) => {
    if (one.blobId === null) return one;
    const at = left.findIndex((part) => (one.cid !== null ? part.cid === one.cid : part.cid === null && part.name === one.name && part.type === one.type.toLowerCase()));
    return at < 0 ? one : { ...one, blobId: left.splice(at, 1)[0]?.blobId ?? one.blobId };
  });
}

/** Fields of an email that a draft, an answer or a forward is made of. */
export const composeProperties = [
  "id", "threadId", "blobId", "mailboxIds", "keywords", "from", "to", "cc", "bcc", "replyTo", "subject", "sentAt", "receivedAt", "size", "preview", "hasAttachment",
  "messageId", "inReplyTo", "references", "textBody", "htmlBody", "attachments", "bodyValues", "header:X-Facteur-Draft:asText",
  "header:Disposition-Notification-To:asAddresses", "header:Delivered-To:asAddresses",
] as const;

export interface MoreHeaders {
  readonly "header:X-Facteur-Draft:asText": string | null;
  readonly "header:Disposition-Notification-To:asAddresses": readonly EmailAddress[] | null;
  readonly "header:Delivered-To:asAddresses": readonly EmailAddress[] | null;
}
