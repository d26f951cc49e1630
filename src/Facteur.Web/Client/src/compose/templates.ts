// Templates are messages of a mailbox named "Templates", as Thunderbird keeps them: they are there in every program, and are written like anything else.
import type { JmapClient } from "../jmap/client";
import type { GetAnswer, Id, Identity, Mailbox, QueryAnswer, SetAnswer } from "../jmap/types";
import { bodyOf, loadEmail } from "./beginning";
import { newMessageId, toEmailJson } from "./emailJson";
import { RefusedError } from "./errors";
import type { DraftContent } from "./model";
import type { TwoForms } from "./quote";

export interface Template {
  readonly id: Id;
  readonly name: string;
}

const mailboxName = "Templates";
const maxTemplates = 200;

export function templatesMailbox(mailboxes: readonly Mailbox[]): Mailbox | undefined {
  return mailboxes.find((one) => one.parentId === null && one.role === null && /^(?:templates|modèles)$/iu.test(one.name));
}

export async function listTemplates(client: JmapClient, mailboxId: Id | undefined): Promise<readonly Template[]> {
  if (mailboxId === undefined) return [];
  const [, emails] = (await client.together([
    ["Email/query", { filter: { inMailbox: mailboxId }, sort: [{ property: "subject", isAscending: true }], limit: maxTemplates }, "q"],
    ["Email/get", { "#ids": { resultOf: "q", name: "Email/query", path: "/ids" }, properties: ["subject"] }, "e"],
  ])) as [QueryAnswer, GetAnswer<{ id: Id; subject: string | null }>];
  return emails.list.map((one) => ({ id: one.id, name: one.subject ?? "" }));
}

export async function loadTemplate(client: JmapClient, id: Id): Promise<TwoForms & { readonly subject: string }> {
  const email = await loadEmail(client, id);
  return { ...bodyOf(email), subject: email.subject ?? "" };
}

/** Saves text and attachments under a name, which is their subject; the mailbox is made with the first one. */
export async function saveTemplate(client: JmapClient, mailboxId: Id | undefined, identity: Identity, content: DraftContent, name: string): Promise<void> {
  const target = mailboxId ?? "#templates";
  const email = toEmailJson({ ...content, subject: name, to: [], cc: [], bcc: [], inReplyTo: [], references: [], origin: null }, identity, {
    mailboxIds: { [target]: true }, keywords: { $seen: true, $draft: true }, messageId: newMessageId(identity.email),
  }, true);
  const answers = await client.together([
    ...(mailboxId === undefined ? [["Mailbox/set", { create: { templates: { name: mailboxName, isSubscribed: true } } }, "m"] as const] : []),
    ["Email/set", { create: { template: email } }, "e"],
  ]);
  for (const answer of answers as SetAnswer[]) for (const error of Object.values(answer.notCreated ?? {})) throw new RefusedError({ ...error });
}

export async function destroyTemplate(client: JmapClient, id: Id): Promise<void> {
  await client.call("Email/set", { destroy: [id] });
}
