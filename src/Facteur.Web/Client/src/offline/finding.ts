import type { EmailHeader, Id, Mailbox } from "../jmap/types";
import { fold } from "../i18n/fold";

type Filter = Readonly<Record<string, unknown>>;

/** When a list shows it (docs/jmap.md, "listedAt"). */
export function listedAt(email: Pick<EmailHeader, "receivedAt" | "returnedAt">): string {
  return email.returnedAt ?? email.receivedAt;
}

/**
 * Emails that a filter of our lists finds, newest first, one of each thread unless each is a row; undefined for a filter that only the server knows.
 */
export function find(filter: Filter, emails: readonly EmailHeader[], mailboxes: readonly Mailbox[], isCollapsed = true): readonly Id[] | undefined {
  const test = testOf(filter, mailboxes);
  if (test === undefined) return undefined;
  const found = emails.filter(test).sort((a, b) => (listedAt(a) < listedAt(b) ? 1 : listedAt(a) > listedAt(b) ? -1 : number(a.id) - number(b.id)));
  if (!isCollapsed) return found.map((email) => email.id);
  const threads = new Set<Id>();
  return found.filter(({ threadId }) => !threads.has(threadId) && threads.add(threadId)).map((email) => email.id);
}

function testOf(filter: Filter, mailboxes: readonly Mailbox[]): ((email: EmailHeader) => boolean) | undefined {
  const tests: ((email: EmailHeader) => boolean)[] = [];
  for (const [name, value] of Object.entries(filter)) {
    if (name === "timeZone") continue;
    if (name === "inMailbox") tests.push((email) => email.mailboxIds[value as Id] === true);
    else if (name === "inMailboxOtherThan") tests.push((email) => Object.keys(email.mailboxIds).some((id) => !(value as readonly Id[]).includes(id)));
    else if (name === "hasKeyword") tests.push((email) => email.keywords[value as string] === true);
    else if (name === "query" || name === "text") tests.push(...wordTests(value as string, mailboxes));
    else return undefined;
  }
  return (email) => tests.every((test) => test(email));
}

/** Words and the operators that what is kept can answer, as in docs/users/en/search.md; others are words. */
function wordTests(query: string, mailboxes: readonly Mailbox[]): ((email: EmailHeader) => boolean)[] {
  const bins = mailboxes.filter((one) => one.role === "junk" || one.role === "trash").map((one) => one.id);
  const words = query.match(/[^\s":]+:"[^"]*"|"[^"]*"|\S+/gu) ?? [];
  const tests = words.map(wordTest);
  if (words.some((word) => /^(in|dans):/u.test(word))) return tests;
  return [...tests, (email) => Object.keys(email.mailboxIds).some((id) => !bins.includes(id))];
}

function wordTest(word: string): (email: EmailHeader) => boolean {
  const colon = word.startsWith('"') ? -1 : word.indexOf(":");
  const wanted = fold(word.slice(colon + 1).replaceAll('"', ""));
  const people = (all: EmailHeader["from"]) => fold((all ?? []).map((one) => `${one.name ?? ""} ${one.email}`).join(" "));
  const marks: Readonly<Record<string, (email: EmailHeader) => boolean>> = {
    unread: (email) => email.keywords["$seen"] !== true, read: (email) => email.keywords["$seen"] === true, starred: (email) => email.keywords["$flagged"] === true,
    important: (email) => email.keywords["$important"] === true, snoozed: (email) => !!email.snoozedUntil, attachment: (email) => email.hasAttachment, anywhere: () => true,
    non_lu: (email) => email.keywords["$seen"] !== true, lu: (email) => email.keywords["$seen"] === true, suivi: (email) => email.keywords["$flagged"] === true,
    en_attente: (email) => !!email.snoozedUntil, piece: (email) => email.hasAttachment, partout: () => true,
  };
  switch (colon < 0 ? "" : fold(word.slice(0, colon))) {
    case "from":
    case "de":
      return (email) => people(email.from).includes(wanted);
    case "to":
    case "a":
      return (email) => people(email.to).includes(wanted);
    case "subject":
    case "objet":
      return (email) => fold(email.subject ?? "").includes(wanted);
    case "is":
    case "est":
    case "has":
    case "avec":
    case "in":
    case "dans":
      if (marks[wanted] !== undefined) return marks[wanted];
  }
  const text = fold(word.replaceAll('"', ""));
  return (email) => `${people(email.from)} ${people(email.to)} ${fold(email.subject ?? "")} ${fold(email.preview)}`.includes(text);
}

/** Ids are a letter and a number (docs/jmap.md): what is equal otherwise goes by them, as on the server. */
function number(id: Id): number {
  return Number(id.slice(1)) || 0;
}
