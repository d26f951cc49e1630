import type { EmailAddress, EmailHeader, Id } from "../jmap/types";
import { settings } from "../settings/settings";
import type { EmailCache } from "./emailCache";

/** A row of the list: one conversation as one mailbox or search shows it. */
export interface Conversation {
  /** The email that stands for it in the query. */
  readonly id: Id;
  readonly threadId: Id;
  readonly emailIds: readonly Id[];
  readonly senders: readonly Person[];
  readonly recipients: readonly Person[];
  readonly subject: string;
  readonly preview: string;
  readonly receivedAt: string;
  /** When it comes back, of one that is put off. */
  readonly snoozedUntil: string | undefined;
  readonly isUnread: boolean;
  readonly isStarred: boolean;
  readonly isImportant: boolean;
  readonly hasAttachment: boolean;
  readonly hasDraft: boolean;
  readonly mailboxIds: readonly Id[];
}

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly isUnread: boolean;
}

/** A message that is looked at without its conversation, in the place of a thread's id; no id begins so (RFC 8620 §1.2). */
export function aloneOf(id: Id): Id {
  return `~${id}`;
}

/** The message that is looked at alone; undefined for a thread. */
export function loneMessage(threadId: Id): Id | undefined {
  return threadId.startsWith("~") ? threadId.slice(1) : undefined;
}

/** What opens with a message of a list: its conversation, or where messages are a row each, itself. */
export function threadOf(email: EmailHeader): Id {
  return settings.peek().conversations ? email.threadId : aloneOf(email.id);
}

/** Puts a row together out of the emails known; those of a thread that are not known count as read. */
export function conversationOf(shown: EmailHeader, emailIds: readonly Id[], known: readonly EmailHeader[]): Conversation {
  const all = known.length > 0 ? known : [shown];
  const mailboxIds = new Set(all.flatMap((email) => Object.keys(email.mailboxIds)));
  return {
    id: shown.id,
    threadId: threadOf(shown),
    emailIds,
    senders: people(all, (email) => email.from),
    recipients: people(all, (email) => email.to),
    subject: shown.subject ?? "",
    preview: shown.preview,
    // What came back stands where it came back.
    receivedAt: shown.returnedAt ?? shown.receivedAt,
    snoozedUntil: shown.snoozedUntil ?? undefined,
    isUnread: all.some(isUnread),
    isStarred: all.some((email) => email.keywords["$flagged"] === true),
    isImportant: all.some((email) => email.keywords["$important"] === true),
    hasAttachment: all.some((email) => email.hasAttachment),
    hasDraft: all.some((email) => email.keywords["$draft"] === true),
    mailboxIds: [...mailboxIds],
  };
}

/** Rows out of the cache: the same object as before as long as nothing of it changed, so that a row need not be drawn again. */
export class Conversations {
  private readonly made = new Map<Id, { readonly shown: EmailHeader; readonly known: readonly EmailHeader[]; readonly row: Conversation }>();

  constructor(private readonly cache: EmailCache, private readonly maxRows = 500) {}

  row(id: Id): Conversation | undefined {
    const shown = this.cache.email(id);
    if (shown === undefined) return undefined;
    const emailIds = settings.peek().conversations ? this.cache.thread(shown.threadId)?.emailIds ?? [id] : [id];
    const known = emailIds.map((one) => this.cache.email(one)).filter((email) => email !== undefined);
    const before = this.made.get(id);
    if (before !== undefined && before.shown === shown && isSame(before.row.emailIds, emailIds) && isSame(before.known, known) && before.row.threadId === threadOf(shown)) return before.row;
    const row = conversationOf(shown, emailIds, known);
    if (this.made.size >= this.maxRows) this.made.clear();
    this.made.set(id, { shown, known, row });
    return row;
  }
}

export function isUnread(email: EmailHeader): boolean {
  return email.keywords["$seen"] !== true && email.keywords["$draft"] !== true;
}

/** A few names, the last of whom wrote last: "Anna, Ben … Claire". */
export function fewNames(persons: readonly Person[], most = 3): readonly Person[] {
  return persons.length <= most ? persons : [persons[0]!, ...persons.slice(1 - most)];
}

/** What a person is called among others: the first name; the whole of one that begins with "La" or "Dr". */
export function shortName(name: string): string {
  const first = name.split(/[\s@]/)[0] ?? name;
  return first.length > 2 ? first : name.includes("@") ? first : name;
}

function people(emails: readonly EmailHeader[], whom: (email: EmailHeader) => readonly EmailAddress[] | null): readonly Person[] {
  const found = new Map<string, Person>();
  for (const email of emails) {
    for (const one of whom(email) ?? []) {
      const key = one.email.toLowerCase();
      const before = found.get(key);
      found.set(key, { name: one.name?.trim() || one.email, email: one.email, isUnread: before?.isUnread === true || isUnread(email) });
    }
  }
  return [...found.values()];
}

function isSame<T>(a: readonly T[], b: readonly T[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
