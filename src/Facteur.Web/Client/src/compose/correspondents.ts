// Who the account writes to, and who is in its address book, for completing addresses: counted, and weighed by how long ago.
import type { BookEntry } from "../contacts/book";
import { fold } from "../i18n/fold";
import type { EmailAddress } from "../jmap/types";
import { addressKey, domainOf, isAddress } from "./addresses";

const halfLife = 60 * 86_400_000;
const maxKept = 5_000;
/** What being in the address book counts: of two that are written to alike, the one in the book stands first; whoever is written to often stands before both. */
const bookWeight = 0.5;

interface Correspondent {
  readonly name: string | null;
  readonly email: string;
  /** Sum of all messages, each halved every 60 days, as of `at`. */
  readonly weight: number;
  readonly at: number;
}

/** As it is kept in this browser. */
export interface SavedCorrespondents {
  readonly people: readonly Correspondent[];
  /** When the server was asked last. */
  readonly builtAt: number;
}

export class Correspondents {
  private readonly people = new Map<string, Correspondent>();
  private book: ReadonlyMap<string, Known> = new Map();

  constructor(saved: SavedCorrespondents | null = null, readonly builtAt = saved?.builtAt ?? 0) {
    for (const one of saved?.people ?? []) this.people.set(addressKey(one.email), one);
  }

  get size(): number {
    return this.people.size;
  }

  /** Notes a message between the account and somebody. */
  add(address: EmailAddress, at: number, weight = 1): void {
    if (!isAddress(address.email)) return;
    const key = addressKey(address.email);
    const before = this.people.get(key);
    const latest = Math.max(at, before?.at ?? at);
    const sum = faded(before?.weight ?? 0, before?.at ?? at, latest) + faded(weight, at, latest);
    const isNewer = before === undefined || at >= before.at;
    const name = usefulName(address) ?? null;
    this.people.set(key, { name: (isNewer ? (name ?? before?.name) : (before?.name ?? name)) ?? null, email: address.email, weight: sum, at: latest });
  }

  /** The same people, with an address book instead of the one they had. */
  withBook(entries: readonly BookEntry[]): Correspondents {
    const next = new Correspondents(null, this.builtAt);
    for (const [key, one] of this.people) next.people.set(key, one);
    const book = new Map<string, Known>();
    for (const { name, emails } of entries)
      for (const email of emails) if (isAddress(email) && !book.has(addressKey(email))) book.set(addressKey(email), known(usefulName({ name, email }), email));
    next.book = book;
    return next;
  }

  domains(): ReadonlySet<string> {
    return new Set([...this.people.values(), ...this.book.values()].map((one) => domainOf(one.email)));
  }

  has(email: string): boolean {
    return this.people.has(addressKey(email)) || this.book.has(addressKey(email));
  }

  /** The likeliest people for what was typed: each word has to begin a word of the name or a part of the address. */
  find(typed: string, now: number, besides: readonly EmailAddress[] = [], limit = 8): EmailAddress[] {
    const words = fold(typed).split(/\s+/u).filter((word) => word !== "");
    if (words.length === 0) return [];
    const taken = new Set(besides.map((one) => addressKey(one.email)));
    const found: { readonly one: Known; readonly score: number }[] = [];
    const look = (key: string, one: Known, weight: number): void => {
      if (taken.has(key)) return;
      const place = match(one, words);
      if (place > 0) found.push({ one, score: place * (0.05 + weight) });
    };
    // A name that the owner of the book gave goes before one that somebody gave themselves.
    for (const [key, one] of this.people) {
      const inBook = this.book.get(key);
      look(key, inBook?.name != null ? inBook : known(one.name, one.email), faded(one.weight, one.at, now) + (inBook === undefined ? 0 : bookWeight));
    }
    for (const [key, one] of this.book) if (!this.people.has(key)) look(key, one, bookWeight);
    found.sort((a, b) => b.score - a.score || (a.one.email < b.one.email ? -1 : 1));
    return found.slice(0, limit).map(({ one }) => ({ name: one.name, email: one.email }));
  }

  save(builtAt: number): SavedCorrespondents {
    const all = [...this.people.values()];
    all.sort((a, b) => faded(b.weight, b.at, builtAt) - faded(a.weight, a.at, builtAt));
    return { people: all.slice(0, maxKept), builtAt };
  }
}

/** Somebody as they are looked for. */
interface Known {
  readonly name: string | null;
  readonly email: string;
  /** Name and address, folded. */
  readonly folded: readonly [name: string, email: string];
  /** Their parts, each with a blank before it. */
  readonly parts: string;
}

function known(name: string | null, email: string): Known {
  const folded = [fold(name ?? "").trim(), email.toLowerCase()] as const;
  return { name, email, folded, parts: ` ${folded[0].replace(/[\s,.'’-]+/gu, " ")} ${folded[1].replace(/[@.+_-]+/gu, " ")} ${folded[1]}` };
}

function faded(weight: number, from: number, to: number): number {
  return weight * 0.5 ** (Math.max(0, to - from) / halfLife);
}

/** A name that says no more than the address is none. */
function usefulName({ name, email }: EmailAddress): string | null {
  return name === null || name.trim() === "" || name.trim().toLowerCase() === email.toLowerCase() ? null : name.trim();
}

/** 0: no match; the whole text at the very front counts most. */
function match({ folded: [name, email], parts }: Known, words: readonly string[]): number {
  const typed = words.join(" ");
  if (name.startsWith(typed) || email.startsWith(typed)) return 3;
  if (words.every((word) => parts.includes(` ${word}`))) return 2;
  return typed.length >= 3 && (name.includes(typed) || email.includes(typed)) ? 0.5 : 0;
}
