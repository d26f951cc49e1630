import { t, type MessageKey } from "../i18n";
import type { Mailbox } from "../jmap/types";

/** Mailboxes of these roles have names of ours, in the language of the page: what the server calls them is for programs. */
const names: Readonly<Record<string, MessageKey>> = {
  inbox: "place.inbox", important: "place.important", sent: "place.sent", drafts: "place.drafts", archive: "place.archive", junk: "place.junk", trash: "place.trash", all: "place.all", flagged: "place.starred",
};

/** As people are shown it, without what it lies below. */
export function nameOfMailbox(mailbox: Pick<Mailbox, "name" | "role">): string {
  const key = mailbox.role === null ? undefined : names[mailbox.role];
  return key === undefined ? mailbox.name : t(key);
}
