import { t } from "../i18n";
import type { Identity, SetAnswer } from "../jmap/types";
import { MethodError } from "../jmap/client";
import type { FullEmail } from "../conversation/loading";
import type { MailStore } from "../store/mailStore";
import type { CalendarEvent } from "./calendar";
import { answerKeyword } from "./InvitationCard";
import { replyTo, type Answer } from "./itip";

/** Sends the answer to an invitation to its organizer (iMIP, RFC 6047 §2), keeps it with what was sent and marks the invitation. */
export async function sendAnswer(store: MailStore, email: FullEmail, event: CalendarEvent, answer: Answer, identity: Identity): Promise<void> {
  const [drafts, sent] = [store.mailboxOf("drafts"), store.mailboxOf("sent")];
  const home = drafts ?? sent;
  if (home === undefined || event.organizer === undefined) throw new Error("nowhere to keep it");
  const attendee = { email: identity.email, name: identity.name };
  const title = event.summary || t("invitation.untitled");
  const subject = `${t(`invitation.subject.${answer}`)} ${title}`;
  const create = {
    mailboxIds: { [home.id]: true }, keywords: { $seen: true, $draft: true },
    from: [{ name: identity.name || null, email: identity.email }], to: [{ name: event.organizer.name || null, email: event.organizer.email }], subject,
    ...(email.messageId ? { inReplyTo: email.messageId, references: [...(email.references ?? []), ...email.messageId] } : {}),
    bodyStructure: { type: "multipart/alternative", subParts: [{ partId: "text", type: "text/plain" }, { partId: "calendar", "header:Content-Type": " text/calendar; method=REPLY; charset=utf-8" }] },
    bodyValues: { text: { value: `${t(`invitation.text.${answer}`, { name: identity.name || identity.email, title })}\n` }, calendar: { value: replyTo(event, answer, attendee, new Date()) } },
  };
  const [made, submitted] = (await store.client.together([
    ["Email/set", { create: { reply: create } }, "make"],
    ["EmailSubmission/set", {
      create: { send: { identityId: identity.id, emailId: "#reply" } },
      onSuccessUpdateEmail: { "#send": { "keywords/$draft": null, ...(sent && sent.id !== home.id ? { [`mailboxIds/${home.id}`]: null, [`mailboxIds/${sent.id}`]: true } : {}) } },
    }, "send"],
  ])) as [SetAnswer, SetAnswer];
  const refused = made.notCreated?.["reply"] ?? submitted.notCreated?.["send"];
  if (refused !== undefined) throw new MethodError(refused.type, refused.description);
  const marks = Object.fromEntries(Object.entries(answerKeyword).map(([one, keyword]) => [`keywords/${keyword}`, one === answer ? true : null]));
  await store.client.call("Email/set", { update: { [email.id]: marks } });
}
