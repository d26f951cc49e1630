// A draft as the Email to create (RFC 8621 §4.6), and back.
import type { EmailAddress, Id, Identity } from "../jmap/types";
import { flow } from "../message/flowed";
import { wireEmail, withoutDoubles } from "./addresses";
import type { Attachment, DraftContent, Origin, SendOptions } from "./model";

/** Field of drafts that holds what no other field does; a message that is sent has none. */
const noteField = "header:X-Facteur-Draft:asText";

export interface EmailPlace {
  readonly mailboxIds: Readonly<Record<Id, true>>;
  readonly keywords: Readonly<Record<string, true>>;
  /** The same in all versions of a draft and in what is sent of it: by it one finds what became of a save that was not answered. */
  readonly messageId: string;
  /** When it goes out, if not now. */
  readonly sentAt?: string;
}

/** The object for Email/set. Attachments that are not with the server yet are left out. */
export function toEmailJson(content: DraftContent, identity: Identity, place: EmailPlace, isDraft: boolean): Record<string, unknown> {
  const attachments = content.attachments.filter((one) => one.blobId !== null && isUsed(one, content));
  return {
    mailboxIds: place.mailboxIds,
    keywords: place.keywords,
    messageId: [place.messageId],
    ...(place.sentAt === undefined ? {} : { sentAt: place.sentAt }),
    from: [{ name: identity.name === "" ? null : identity.name, email: identity.email }],
    ...addressesJson("to", content.to), ...addressesJson("cc", content.cc),
    ...addressesJson("bcc", isDraft ? content.bcc : blindCopies(content, identity)), ...addressesJson("replyTo", identity.replyTo ?? []),
    subject: content.subject,
    ...(content.inReplyTo.length > 0 ? { inReplyTo: content.inReplyTo } : {}),
    ...(content.references.length > 0 ? { references: content.references } : {}),
    ...(content.options.readReceipt ? { "header:Disposition-Notification-To:asAddresses": [{ name: identity.name === "" ? null : identity.name, email: identity.email }] } : {}),
    ...(isDraft ? noteJson(content) : {}),
    // Drafts stay as they are written; what is sent flows, so that it is as wide as who reads it wants (RFC 3676).
    textBody: [isDraft ? { partId: "text", type: "text/plain" } : { partId: "text", "header:Content-Type": "text/plain; format=flowed" }],
    ...(content.mode === "rich" ? { htmlBody: [{ partId: "html", type: "text/html" }] } : {}),
    ...(attachments.length > 0 ? { attachments: attachments.map(partJson) } : {}),
    bodyValues: { text: { value: isDraft ? content.text : flow(content.text) }, ...(content.mode === "rich" ? { html: { value: documentOf(content.html) } } : {}) },
  };
}

/** Blind copies with those that the identity always sends. */
export function blindCopies(content: DraftContent, identity: Identity): EmailAddress[] {
  return [...content.bcc, ...withoutDoubles(identity.bcc ?? [], [...content.to, ...content.cc, ...content.bcc])];
}

/** An inline image that the text does not show any more is not sent. */
export function isUsed(attachment: Attachment, content: DraftContent): boolean {
  return attachment.cid === null || (content.mode === "rich" && content.html.includes(`cid:${attachment.cid}`));
}

function addressesJson(name: string, addresses: readonly EmailAddress[]): Record<string, unknown> {
  return addresses.length === 0 ? {} : { [name]: addresses.map((one) => ({ name: one.name, email: wireEmail(one.email) })) };
}

function partJson(attachment: Attachment): Record<string, unknown> {
  const { blobId, type, name, cid } = attachment;
  return { blobId, type, name, disposition: cid === null ? "attachment" : "inline", ...(cid === null ? {} : { cid }) };
}

function documentOf(html: string): string {
  return `<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>${html}</body></html>`;
}

interface Note {
  readonly identityId: Id | null;
  readonly origin: Origin | null;
  readonly options: SendOptions;
}

function noteJson({ identityId, origin, options }: Note): Record<string, string> {
  const parts = [
    ...(identityId === null ? [] : [`identity=${identityId}`]),
    ...(origin === null ? [] : [`${origin.kind}=${origin.emailId}`]),
    ...(origin?.wasBlind === true ? ["blind"] : []),
    ...(options.deliveryReport ? ["report"] : []),
  ];
  return parts.length === 0 ? {} : { [noteField]: parts.join("; ") };
}

export function readNote(note: string | null | undefined): Partial<Note> & { readonly deliveryReport: boolean } {
  const fields = new Map((note ?? "").split(";").map((part) => part.trim().split("=")).map(([name, value]) => [name ?? "", value ?? ""] as const));
  const kind = (["reply", "replyAll", "forward"] as const).find((one) => fields.has(one));
  return {
    ...(fields.has("identity") ? { identityId: fields.get("identity") ?? null } : {}),
    origin: kind === undefined ? null : { kind, emailId: fields.get(kind) ?? "", wasBlind: fields.has("blind") },
    deliveryReport: fields.has("report"),
  };
}

export const noteProperty = noteField;

export function newMessageId(email: string): string {
  return `${crypto.randomUUID()}@${wireEmail(email).split("@").at(-1) ?? "localhost"}`;
}
