import { signal } from "@preact/signals";
import { lazyDialog } from "./lazyDialog";
import { Menu, type MenuItem } from "../app/Menu";
import { showToast } from "../app/toast";
import { openCompose } from "../compose/open";
import { Capability } from "../jmap/client";
import { t } from "../i18n";
import type { EmailHeader, Id } from "../jmap/types";
import { isDark } from "../message/dark";
import { saveAddress } from "../attachments/AttachmentStrip";
import { unsubscribingOf } from "../message/banner";
import { leaveList } from "../message/leaving";
import { plainName } from "../message/names";
import { blockSender } from "../message/rules";
import type { MailStore } from "../store/mailStore";
import { reasonOf } from "../store/reasons";
import type { FullEmail } from "./loading";

/** Messages that are shown as they were written on a dark page. */
export const asWritten = signal<ReadonlySet<Id>>(new Set());

/** What can be done with one message. */
export function MessageMenu({ store, header, email }: { readonly store: MailStore; readonly header: EmailHeader; readonly email: FullEmail | undefined }) {
  const id = header.id;
  const sender = header.from?.[0]?.email ?? "";
  const leaving = email && unsubscribingOf(email["header:List-Unsubscribe:asURLs"], email["header:List-Unsubscribe-Post:asText"]);
  const isJunk = header.mailboxIds[store.mailboxOf("junk")?.id ?? ""] === true;
  const items: readonly MenuItem[] = [
    { label: t("message.reply"), icon: "reply", shortcut: "r", run: () => openCompose({ kind: "reply", emailId: id }) },
    { label: t("message.replyAll"), icon: "replyAll", shortcut: "a", run: () => openCompose({ kind: "replyAll", emailId: id }) },
    { label: t("message.forward"), icon: "forward", shortcut: "f", run: () => openCompose({ kind: "forward", emailId: id }) },
    { label: t("list.markUnread"), icon: "mail", shortcut: "⇧ U", run: () => void store.actions.read([id], false) },
    ...(sender === "" || !store.client.has(Capability.contacts) ? [] : [
      { label: t("message.addContact"), icon: "user", run: () => void import("../contacts/adding").then(({ addSender }) => addSender(store, header.from![0]!)) } as const,
    ]),
    ...(sender === "" ? [] : [
      { label: t("message.filter"), icon: "filter", disabled: email === undefined, run: () => email && lazyDialog(() => import("../message/FilterDialog"), { store, email }) } as const,
      { label: t("message.block", { sender: plainName(sender) }), icon: "block", run: () => void block(store, sender) } as const,
    ]),
    // Also where the banner says something else, as of images that are held.
    ...(leaving === undefined || isJunk ? [] : [{ label: t("banner.unsubscribe"), icon: "mail", run: () => void leaveList(store.client.accountId, id, leaving) } as const]),
    isJunk ? { label: t("list.notJunk"), icon: "inbox", run: () => void store.actions.notJunk([id]) } : { label: t("message.reportSpam"), icon: "junk", run: () => void store.actions.junk([id]) },
    { label: t("list.delete"), icon: "trash", run: () => void store.actions.trash([id]) },
    { label: t("message.print"), icon: "print", run: () => void import("../message/printing").then(({ printEmails }) => printEmails(store, [id])) },
    { label: t("message.original"), icon: "help", disabled: email === undefined, run: () => email && lazyDialog(() => import("../message/Original"), { store, email }) },
    { label: t("message.download"), icon: "download", disabled: email === undefined, run: () => email && saveAddress(store.client.downloadUrl(email.blobId, fileName(email), "message/rfc822"), fileName(email)) },
    ...(isDark.value ? [{ label: t("message.asWritten"), icon: "image", checked: asWritten.value.has(id), run: () => turn(id) } as const] : []),
  ];
  return <Menu label={t("message.more")} items={items} />;
}

/** From now on the sender's mail goes to Junk. */
async function block(store: MailStore, sender: string): Promise<void> {
  try {
    const undo = await blockSender(store.client, sender);
    showToast({ text: t("message.blocked", { sender: plainName(sender) }), action: { label: t("app.undo"), run: () => void undo() } });
  } catch (error) {
    showToast({ text: t("done.refused", { why: reasonOf(error) }) });
  }
}

function turn(id: Id): void {
  const next = new Set(asWritten.peek());
  if (!next.delete(id)) next.add(id);
  asWritten.value = next;
}

function fileName(email: FullEmail): string {
  return `${plainName(email.subject ?? "").replace(/[/\\:*?"<>|%;]/gu, "_").slice(0, 80) || "message"}.eml`;
}
