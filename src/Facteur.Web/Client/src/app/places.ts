import { t } from "../i18n";
import type { Id, Mailbox } from "../jmap/types";
import type { ListQuery } from "../store/listModel";
import { nameOfMailbox } from "../store/mailboxNames";
import type { MailStore } from "../store/mailStore";
import type { IconName } from "./icons";
import { formatRoute, placeOf, type Route } from "./router";

export { nameOfMailbox };

/** The key of the inbox's query. */
export const inboxKey = formatRoute({ kind: "inbox" });

const icons: Readonly<Record<string, IconName>> = {
  inbox: "inbox", important: "important", sent: "sent", drafts: "draft", archive: "archive", junk: "junk", trash: "trash", all: "all", flagged: "star",
};

export function iconOfMailbox(mailbox: Mailbox): IconName {
  return (mailbox.role === null ? undefined : icons[mailbox.role]) ?? "label";
}

/** Heading of what a route shows. */
export function titleOf(store: MailStore, route: Route): string {
  switch (route.kind) {
    case "mailbox": {
      const mailbox = store.mailbox(route.mailboxId);
      return mailbox === undefined ? "" : store.nameOf(mailbox.id);
    }
    case "search":
      return t("place.search", { text: route.text });
    default:
      return t(`place.${route.kind}`);
  }
}

/** The mailbox that a route shows, when it is one. */
export function mailboxOf(store: MailStore, route: Route): Mailbox | undefined {
  return route.kind === "inbox" ? store.mailboxOf("inbox") : route.kind === "mailbox" ? store.mailbox(route.mailboxId) : undefined;
}

/** What to ask for; undefined for a mailbox that is not there. */
export function queryOf(store: MailStore, route: Route): ListQuery | undefined {
  const { junk, trash } = store.places();
  const without = [junk, trash].filter((id): id is Id => id !== undefined);
  const key = formatRoute(placeOf(route));
  switch (route.kind) {
    case "inbox":
    case "mailbox": {
      const mailboxId = mailboxOf(store, route)?.id;
      return mailboxId === undefined ? undefined : { key, filter: { inMailbox: mailboxId }, mailboxId };
    }
    case "starred":
      return { key, filter: { hasKeyword: "$flagged", inMailboxOtherThan: without }, without };
    case "all":
      return { key, filter: { inMailboxOtherThan: without }, without };
    case "snoozed":
      return { key, filter: searchFilter(store, "is:snoozed") };
    case "search":
      return { key, filter: searchFilter(store, route.text) };
  }
}

/** A search as people type it; words alone where the server does not know our language for it (docs/jmap.md). */
export function searchFilter(store: MailStore, text: string): Readonly<Record<string, unknown>> {
  return store.client.has("https://facteur.email/jmap/mail") ? { query: text, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone } : { text };
}
