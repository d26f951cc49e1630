// What a window begins with: nothing, a draft, or the message that is answered or forwarded.
import { formatFullDate, t } from "../i18n";
import type { JmapClient } from "../jmap/client";
import { contentTypeField, type BodyPart, type Email, type EmailAddress, type GetAnswer, type Id, type Identity } from "../jmap/types";
import { textOf } from "../message/bodies";
import { composeProperties, type MoreHeaders } from "./draftRequests";
import { cleanFragment, cleanHtml } from "./editorHtml";
import { readNote } from "./emailJson";
import { RefusedError } from "./errors";
import { emptyContent, newKey, type Attachment, type ComposeMode, type DraftContent } from "./model";
import { textToHtml, treeToText, type TextNode } from "./plainText";
import { opening, quoteForward, quoteReply, signatureForms, type QuoteWords, type TwoForms } from "./quote";
import { forwardSubject, replySubject } from "./subject";
import { identityFor, isBlindCopy, replyRecipients, threadingOf } from "./threading";

type FullEmail = Email & MoreHeaders;

export interface Begun {
  readonly content: DraftContent;
  readonly emailId: Id | null;
  readonly messageId: string | null;
}

export function quoteWords(): QuoteWords {
  return {
    attribution: (name, date) => t("compose.attribution", { name, date }), forwarded: t("compose.forwarded"), from: t("compose.quoted.from"), date: t("compose.quoted.date"),
    subject: t("compose.quoted.subject"), to: t("compose.quoted.to"), cc: t("compose.quoted.cc"), formatDate: formatFullDate,
  };
}

export function signatureOf(identity: Identity | undefined): TwoForms | null {
  return identity === undefined ? null : signatureForms({ html: identity.htmlSignature === "" ? "" : cleanHtml(identity.htmlSignature), text: identity.textSignature || textOfHtml(identity.htmlSignature) });
}

export function beginNew(identity: Identity | undefined, mode: ComposeMode, given: { to?: readonly EmailAddress[]; subject?: string; text?: string }): Begun {
  const written = given.text === undefined ? null : { html: textToHtml(given.text), text: given.text };
  return begun({ ...emptyContent, mode, identityId: identity?.id ?? null, to: given.to ?? [], subject: given.subject ?? "", ...opening(signatureOf(identity), null, written) });
}

export async function loadEmail(client: JmapClient, emailId: Id): Promise<FullEmail> {
  const answer = await client.call<GetAnswer<FullEmail>>("Email/get", {
    ids: [emailId], properties: composeProperties, fetchAllBodyValues: true, bodyProperties: ["partId", "blobId", "size", "name", "type", "charset", "disposition", "cid", contentTypeField],
  });
  const email = answer.list[0];
  if (email === undefined) throw new RefusedError({ type: "notFound", description: t("compose.error.gone") });
  return email;
}

export function beginAnswer(email: FullEmail, kind: "reply" | "replyAll" | "forward", identities: readonly Identity[], mode: ComposeMode): Begun {
  const own = identities.map((one) => one.email);
  const deliveredTo = email["header:Delivered-To:asAddresses"];
  const identity = identityFor(identities, { ...email, deliveredTo });
  const body = bodyOf(email);
  const quote = kind === "forward" ? quoteForward(email, body, quoteWords()) : quoteReply(email, body, quoteWords());
  const forms = opening(signatureOf(identity), quote);
  const attachments = attachmentsOf(email, body.html).filter((one) => kind === "forward" || one.cid !== null);
  const recipients = kind === "forward" ? { to: [], cc: [] } : replyRecipients(email, own, kind === "replyAll");
  return begun({
    ...emptyContent, mode, identityId: identity?.id ?? null, ...recipients, ...forms, attachments, ...threadingOf(email),
    // A forward begins a conversation of its own, but tells what it came from.
    ...(kind === "forward" ? { inReplyTo: [] } : {}),
    subject: kind === "forward" ? forwardSubject(email.subject ?? "") : replySubject(email.subject ?? ""),
    origin: { kind, emailId: email.id, wasBlind: isBlindCopy(email, own) },
  });
}

export function beginDraft(email: FullEmail, identities: readonly Identity[]): Begun {
  const note = readNote(email["header:X-Facteur-Draft:asText"]);
  const isRich = email.htmlBody.some((part) => part.type === "text/html") || email.textBody.length === 0;
  const body = bodyOf(email);
  const identity = identities.find((one) => one.id === note.identityId) ?? identityFor(identities, { from: email.from, to: null, cc: null, bcc: null });
  return {
    content: {
      identityId: identity?.id ?? null, to: email.to ?? [], cc: email.cc ?? [], bcc: email.bcc ?? [], subject: email.subject ?? "", mode: isRich ? "rich" : "plain",
      html: isRich ? body.html : "", text: body.text, attachments: attachmentsOf(email, isRich ? body.html : ""), inReplyTo: email.inReplyTo ?? [], references: email.references ?? [],
      origin: note.origin ?? null, options: { readReceipt: email["header:Disposition-Notification-To:asAddresses"] !== null, deliveryReport: note.deliveryReport },
    },
    emailId: email.id, messageId: email.messageId?.[0] ?? null,
  };
}

/** The text of a message in both forms, its HTML sanitised. */
export function bodyOf(email: Pick<Email, "htmlBody" | "textBody" | "bodyValues">): TwoForms {
  const value = (part: BodyPart): string => (part.partId === null ? "" : textOf(part, email.bodyValues[part.partId]?.value ?? ""));
  const html = email.htmlBody.map((part) => (part.type === "text/html" ? cleanHtml(value(part)) : part.type.startsWith("text/") ? textToHtml(value(part)) : "")).join("");
  const text = email.textBody.map((part) => (part.type === "text/html" ? textOfHtml(value(part)) : part.type.startsWith("text/") ? value(part) : "")).filter((one) => one !== "").join("\n\n");
  return { html, text: text.replace(/\r\n?/gu, "\n") };
}

export function textOfHtml(html: string): string {
  return html === "" ? "" : treeToText(cleanFragment(html, () => null) as unknown as TextNode);
}

function attachmentsOf(email: Email, html: string): Attachment[] {
  const shown = (cid: string | null): boolean => cid !== null && html.includes(`cid:${encodeURIComponent(cid).replace(/%40/gu, "@")}`);
  return email.attachments.filter((part) => part.blobId !== null).map((part) => ({
    key: newKey(), name: part.name ?? nameless(part.type), type: part.type, size: part.size, blobId: part.blobId, cid: shown(part.cid) ? part.cid : null,
  }));
}

function nameless(type: string): string {
  return type === "message/rfc822" ? "message.eml" : t("compose.attachment.nameless");
}

function begun(content: DraftContent): Begun {
  return { content: content.mode === "plain" ? { ...content, html: "", attachments: content.attachments.map((one) => ({ ...one, cid: null })) } : content, emailId: null, messageId: null };
}
