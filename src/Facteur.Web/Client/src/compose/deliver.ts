// Sending (RFC 8621 §7.5): the message as it is sent, its submission and its move to Sent are one request; taking it back is another.
import type { JmapClient } from "../jmap/client";
import type { GetAnswer, Id, Identity, IdSet, QueryAnswer, SetAnswer } from "../jmap/types";
import { answerTo, readSaved, saveCalls, withParts, type Call } from "./draftRequests";
import { toEmailJson } from "./emailJson";
import { envelopeOf, utcDate, type SendTime } from "./envelope";
import { RefusedError } from "./errors";
import type { Attachment, DraftContent } from "./model";

export interface Places {
  readonly drafts: Id;
  readonly sent: Id;
}

export interface ToSend {
  readonly content: DraftContent;
  readonly messageId: string;
  /** Its draft on the server. */
  readonly previous: Id | null;
  readonly isUncertain: boolean;
}

export interface Sent {
  readonly emailId: Id;
  readonly submissionId: Id;
  /** Its attachments where they are now; null when that is not known. */
  readonly attachments: readonly Attachment[] | null;
}

/** It is with the server as a draft, but is not sent. */
export class NotSentError extends RefusedError {
  constructor(error: RefusedError["error"], readonly emailId: Id, readonly attachments: readonly Attachment[]) {
    super(error);
  }
}

export async function deliver(client: JmapClient, places: Places, identity: Identity, message: ToSend, time: SendTime): Promise<Sent> {
  const calls = sendCalls(places, identity, message, time);
  const answers = await client.settle(calls);
  const saved = readSaved(calls, answers);
  const submission = answerTo<SetAnswer>(calls, answers, "send");
  const created = submission.created?.["send"] as { id: Id } | undefined;
  if (created === undefined) throw new NotSentError({ ...(submission.notCreated?.["send"] ?? { type: "serverFail" }) }, saved.emailId, withParts(message.content.attachments, saved.parts));
  return { emailId: saved.emailId, submissionId: created.id, attachments: withParts(message.content.attachments, saved.parts) };
}

export function sendCalls(places: Places, identity: Identity, message: ToSend, time: SendTime): Call[] {
  const email = toEmailJson(message.content, identity, {
    mailboxIds: { [places.drafts]: true }, keywords: { $draft: true, $seen: true }, messageId: message.messageId,
    // What waits is dated when it leaves, and stands first in Sent until then.
    ...(time.at === null ? {} : { sentAt: utcDate(time.at) }),
  }, false);
  const withTime = time.at === null ? email : { ...email, receivedAt: utcDate(time.at) };
  const save = saveCalls({ email: withTime, messageId: message.messageId, previous: message.previous, isUncertain: message.isUncertain, draftsId: places.drafts });
  const submit: Call = ["EmailSubmission/set", {
    create: { send: { identityId: identity.id, emailId: "#draft", envelope: envelopeOf(message.content, identity, time) } },
    onSuccessUpdateEmail: { "#send": toSent(places) },
  }, "send"];
  return [...save, submit];
}

function toSent({ drafts, sent }: Places): Record<string, unknown> {
  return { [`mailboxIds/${drafts}`]: null, [`mailboxIds/${sent}`]: true, "keywords/$draft": null };
}

/** Finds out whether a message whose sending was not answered has been sent: it must not be sent twice. */
export async function findSent(client: JmapClient, places: Places, messageId: string): Promise<Sent | null> {
  // Wherever it lies: somebody may have filed it meanwhile.
  const [{ ids }, emails] = (await client.together([
    ["Email/query", { filter: { header: ["Message-ID", messageId] } }, "e"],
    ["Email/get", { "#ids": { resultOf: "e", name: "Email/query", path: "/ids" }, properties: ["mailboxIds"] }, "m"],
  ])) as [QueryAnswer, GetAnswer<{ id: Id; mailboxIds: IdSet }>];
  if (ids.length === 0) return null;
  const [, submissions] = await client.together([
    ["EmailSubmission/query", { filter: { emailIds: ids } }, "q"],
    ["EmailSubmission/get", { "#ids": { resultOf: "q", name: "EmailSubmission/query", path: "/ids" }, properties: ["emailId", "undoStatus"] }, "get"],
  ]);
  const found = (submissions as GetAnswer<{ id: Id; emailId: Id; undoStatus: string }>).list.find((one) => one.undoStatus !== "canceled");
  if (found === undefined) return null;
  // Only drafts make way: what came in may be the same message, to oneself.
  const drafts = emails.list.filter((one) => one.mailboxIds[places.drafts] === true).map((one) => one.id);
  const isDraft = drafts.includes(found.emailId);
  if (drafts.length > 0) await client.call("Email/set", { ...(isDraft ? { update: { [found.emailId]: toSent(places) } } : {}), destroy: drafts.filter((id) => id !== found.emailId) });
  return { emailId: found.emailId, submissionId: found.id, attachments: null };
}

/** Takes a message back while it waits; its email is a draft again. RefusedError `cannotUnsend` once it has left. */
export async function takeBack(client: JmapClient, places: Places, { submissionId }: Pick<Sent, "submissionId">): Promise<void> {
  const answer = await client.call<SetAnswer>("EmailSubmission/set", {
    update: { [submissionId]: { undoStatus: "canceled" } },
    onSuccessUpdateEmail: { [submissionId]: { [`mailboxIds/${places.sent}`]: null, [`mailboxIds/${places.drafts}`]: true, "keywords/$draft": true } },
  });
  const refused = answer.notUpdated?.[submissionId];
  if (refused === undefined) return;
  throw new RefusedError(refused.type === "notFound" ? { type: "cannotUnsend" } : { ...refused });
}

/** Marks what was answered or forwarded (RFC 8621 §4.1.1). Errors do not matter: the message is sent. */
export async function markOrigin(client: JmapClient, content: DraftContent, on: boolean): Promise<void> {
  if (content.origin === null) return;
  const keyword = content.origin.kind === "forward" ? "$forwarded" : "$answered";
  await client.call("Email/set", { update: { [content.origin.emailId]: { [`keywords/${keyword}`]: on ? true : null } } }).catch(() => undefined);
}
