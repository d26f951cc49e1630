import type { EmailHeader, Id, Mailbox, Thread } from "../jmap/types";
import type { Extent } from "./db";
import { find, listedAt } from "./finding";

export type Arguments = Readonly<Record<string, unknown>>;
export type Call = readonly [method: string, args: Arguments, id: string];
export type Answer = readonly [method: string, answer: unknown, id: string];

/** What is kept, as answers need it. */
export interface Known {
  readonly extent: Extent;
  readonly mailboxes: readonly Mailbox[];
  readonly emails: ReadonlyMap<Id, EmailHeader>;
  thread(id: Id): Promise<Thread | undefined>;
  body(id: Id): Promise<Arguments | undefined>;
  /** Answers that never need more than what was answered last: identities, room. */
  last(method: string): Promise<unknown>;
}

/** Methods asked for all there is, whose last answer does without a connection. */
export const remembered = ["Identity/get", "Quota/get"] as const;

/** Answers a call out of what is kept; undefined for what only the server can answer. */
export async function answer(known: Known, [method, args, id]: Call, before: readonly Answer[], isFirst: boolean): Promise<Answer | undefined> {
  const resolved = resolve(args, before);
  if (resolved === undefined) return undefined;
  const found = await answerTo(known, method, resolved, isFirst);
  return found === undefined ? undefined : [method, { accountId: args["accountId"], ...found }, id];
}

async function answerTo(known: Known, method: string, args: Arguments, isFirst: boolean): Promise<Arguments | undefined> {
  const ids = args["ids"] as readonly Id[] | null | undefined;
  const state = known.extent.emailState;
  switch (method) {
    case "Mailbox/get":
      return ids === null ? { state: known.extent.mailboxState, list: known.mailboxes, notFound: [] } : undefined;
    case "Email/query":
      return queryAnswer(known, args, isFirst);
    case "Thread/get": {
      const threads = await Promise.all((ids ?? []).map((one) => known.thread(one)));
      return threads.includes(undefined) ? undefined : { state, list: threads, notFound: [] };
    }
    case "Email/get":
      return ids == null ? undefined : emailAnswer(known, ids, (args["properties"] as readonly string[] | undefined) ?? [], state);
    default:
      return (remembered as readonly string[]).includes(method) && ids === null ? ((await known.last(method)) as Arguments | undefined) : undefined;
  }
}

async function emailAnswer(known: Known, ids: readonly Id[], properties: readonly string[], state: string): Promise<Arguments | undefined> {
  const list: Arguments[] = [];
  for (const id of new Set(ids)) {
    const header = known.emails.get(id);
    if (header === undefined) return undefined;
    const isWhole = properties.every((name) => name in header);
    const body = isWhole ? {} : await known.body(id);
    if (body === undefined) return undefined;
    list.push({ ...body, ...header });
  }
  return { state, list, notFound: [] };
}

function queryAnswer(known: Known, args: Arguments, isFirst: boolean): Arguments | undefined {
  const filter = args["filter"] as Arguments | undefined;
  if (filter === undefined || args["collapseThreads"] === undefined || args["anchor"] !== undefined) return undefined;
  const isCollapsed = args["collapseThreads"] === true;
  // Of another order than by date only the server knows how it goes on.
  const isOrdered = ((args["sort"] ?? []) as readonly unknown[]).length > 1;
  const mailbox = known.mailboxes.find((one) => one.id === filter["inMailbox"]);
  // Only of a mailbox it is known how much there is beside what is kept.
  if (isFirst && (mailbox === undefined || isOrdered || Object.keys(filter).length > 1)) return undefined;
  const found = find(filter, [...known.emails.values()].filter((email) => listedAt(email) >= known.extent.since), known.mailboxes, isCollapsed);
  if (found === undefined || (isFirst && found.length === 0)) return undefined;
  const [position, limit] = [Number(args["position"] ?? 0), Number(args["limit"] ?? found.length)];
  const isOwn = isOrdered || "query" in filter || "text" in filter;
  return {
    queryState: isOwn ? "kept" : known.extent.emailState, canCalculateChanges: !isOwn, position, ids: found.slice(position, position + limit),
    total: isFirst ? Math.max(isCollapsed ? mailbox!.totalThreads : mailbox!.totalEmails, found.length) : found.length,
  };
}

/** Puts what other calls answered in the places that refer to it (RFC 8620 §3.7). */
function resolve(args: Arguments, before: readonly Answer[]): Arguments | undefined {
  const resolved: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(args)) {
    if (!name.startsWith("#")) {
      resolved[name] = value;
      continue;
    }
    const { resultOf, path } = value as { resultOf: string; path: string };
    const found = before.find((one) => one[2] === resultOf);
    if (found === undefined) return undefined;
    resolved[name.slice(1)] = at(found[1], path.split("/").slice(1));
  }
  return resolved;
}

function at(value: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (first === "*") return (value as readonly unknown[]).flatMap((one) => at(one, rest));
  return at((value as Arguments)[first], rest);
}
