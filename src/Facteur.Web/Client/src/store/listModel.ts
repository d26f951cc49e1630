import { signal, type ReadonlySignal } from "@preact/signals";
import { MethodError, type JmapClient } from "../jmap/client";
import type { EmailHeader, GetAnswer, Id, QueryAnswer, QueryChangesAnswer, Thread } from "../jmap/types";
import type { EmailCache } from "./emailCache";
import { settings, type WebmailSettings } from "../settings/settings";
import { QueryList, type Span } from "./queryList";

/** Properties that lists show. */
export const headerProperties = ["id", "threadId", "mailboxIds", "keywords", "from", "to", "subject", "receivedAt", "size", "preview", "hasAttachment", "snoozedUntil", "returnedAt"] as const;

/** Rows that one request brings: a setting of the account. */
const pageRows = (): number => settings.peek().pageSize;

/** What a list shows: a filter of Email/query (RFC 8621 §4.4.1), ordered and put together as its owner wants it. */
export interface ListQuery {
  /** Tells queries apart. */
  readonly key: string;
  readonly filter: Readonly<Record<string, unknown>>;
  /** The mailbox, when it is one. */
  readonly mailboxId?: Id | undefined;
  /** Mailboxes whose emails are left out, when it is none. */
  readonly without?: readonly Id[] | undefined;
}

/** The list as it is now; another object after each change. */
export interface ListState {
  readonly query: ListQuery;
  readonly list: QueryList;
  readonly isLoading: boolean;
  readonly error: Error | undefined;
}

/** Lists that are kept when another one is shown, so that going back shows at once. */
const maxKept = 8;

/** How lists are wanted: tells apart what one and the same query shows. */
export interface ListShape {
  readonly conversations: boolean;
  readonly order: WebmailSettings["order"];
}

export function listShape(): ListShape {
  const { conversations, order } = settings.value;
  return { conversations, order };
}

/** Newest first, and what came back when it came back (docs/jmap.md). */
export const newestFirst = [{ property: "listedAt", isAscending: false }];

/** RFC 8621 §4.4.2: without a keyword comes before with it. */
export function sortOf({ conversations, order }: ListShape): readonly Readonly<Record<string, unknown>>[] {
  const by = { unread: ["$seen", true, "allInThreadHaveKeyword"], starred: ["$flagged", false, "someInThreadHaveKeyword"], important: ["$important", false, "someInThreadHaveKeyword"] } as const;
  if (order === "newest") return newestFirst;
  const [keyword, isAscending, property] = by[order];
  return [{ property: conversations ? property : "hasKeyword", keyword, isAscending }, ...newestFirst];
}

/** The list that is shown: loads what comes into view, one request at a time, the newest wish first. */
export class ListModel {
  private readonly shown = signal<ListState>({ query: { key: "", filter: {} }, list: new QueryList(), isLoading: true, error: undefined });
  private wanted: Span = { from: 0, to: pageRows() };
  private shape: ListShape = listShape();
  private isBusy = false;
  private missingEmails = new Set<Id>();
  /** What the last question about changes was about. */
  private asking: QueryList | undefined;
  private readonly kept = new Map<string, QueryList>();

  constructor(private readonly client: JmapClient, private readonly cache: EmailCache, private readonly onEmailState: (state: string) => void, private readonly onFailure: (error: Error) => void) {}

  get state(): ReadonlySignal<ListState> {
    return this.shown;
  }

  /** Shows another query; the same one stays as it is. True for one that was shown before and has to be brought up to date. */
  show(query: ListQuery): boolean {
    const before = this.shown.peek();
    if (before.query.key === query.key) return false;
    if (before.list.isLoaded) this.keepList(before.query.key, before.list);
    const known = this.kept.get(query.key);
    this.kept.delete(query.key);
    this.missingEmails.clear();
    this.shown.value = { query, list: known ?? new QueryList(), isLoading: known === undefined, error: undefined };
    this.need(0, pageRows());
    return known !== undefined;
  }

  /** Lists are wanted otherwise: what is shown is asked for anew, and nothing that was kept is of use. */
  reshape(): void {
    const shape = listShape();
    if (shape.conversations === this.shape.conversations && shape.order === this.shape.order) return;
    this.shape = shape;
    this.kept.clear();
    this.missingEmails.clear();
    const { query } = this.shown.peek();
    if (query.key === "") return;
    this.shown.value = { query, list: new QueryList(), isLoading: true, error: undefined };
    this.need(0, pageRows());
  }

  private asked(): Readonly<Record<string, unknown>> {
    return { sort: sortOf(this.shape), collapseThreads: this.shape.conversations };
  }

  private keepList(key: string, list: QueryList): void {
    this.kept.set(key, list);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= maxKept) return;
      this.kept.delete(oldest);
    }
  }

  /** Rows that are or will soon be in view. */
  need(from: number, to: number): void {
    this.wanted = { from, to: Math.max(to, from + 1) };
    if (!this.isBusy) void this.work();
  }

  /** Asks again for all that is in view; what is shown stays until the answer is there. */
  async refresh(): Promise<void> {
    const { query } = this.shown.peek();
    const rows = pageRows();
    const from = Math.max(0, Math.floor(this.wanted.from / rows) * rows);
    await this.load(query, { from, to: Math.max(this.wanted.to, from + rows) });
  }

  /** The arguments that Email/queryChanges needs; undefined when there is nothing to change. */
  changesArguments(): Readonly<Record<string, unknown>> | undefined {
    const { list, query } = this.shown.peek();
    this.asking = list;
    return list.isLoaded ? { filter: query.filter, ...this.asked(), calculateTotal: true, sinceQueryState: list.queryState } : undefined;
  }

  /** @param settled rows that an action took away and of which the server has told by now. */
  async apply(changes: QueryChangesAnswer, settled: readonly Id[]): Promise<void> {
    const { list } = this.shown.peek();
    // Another list is shown than the one that was asked about.
    if (list !== this.asking) return this.refresh();
    const added = changes.added.filter(({ index, id }) => index < this.wanted.to && this.cache.email(id) === undefined).slice(0, pageRows());
    if (added.length > 0) await this.loadEmails(added.map(({ id }) => id));
    if (this.shown.peek().list !== list) return;
    if (changes.oldQueryState === list.queryState && list.apply(changes)) {
      list.unhide(settled);
      this.touch({});
    } else {
      await this.refresh();
      list.unhide(settled);
      this.touch({});
    }
  }

  hide(ids: Iterable<Id>): void {
    this.shown.peek().list.hide(ids);
    this.touch({});
  }

  unhide(list: QueryList, ids: Iterable<Id>): void {
    list.unhide(ids);
    this.touch({});
  }

  private touch(change: Partial<ListState>): void {
    this.shown.value = { ...this.shown.peek(), ...change };
  }

  private async work(): Promise<void> {
    this.isBusy = true;
    try {
      for (;;) {
        const { query, list, error } = this.shown.peek();
        if (error !== undefined || query.key === "") return;
        const { from, to } = this.wanted;
        const missing = list.isLoaded ? list.missing(from, to, pageRows()) : { from: 0, to: pageRows() };
        const unread = missing === undefined ? this.withoutEmails(list, from, to) : [];
        if (missing !== undefined) await this.load(query, missing);
        else if (unread.length > 0) await this.loadEmails(unread);
        else return;
      }
    } catch (error) {
      this.onFailure(error as Error);
    } finally {
      this.isBusy = false;
    }
  }

  /** Loads again after an error. */
  retry(): void {
    this.touch({ error: undefined, isLoading: true });
    this.need(this.wanted.from, this.wanted.to);
  }

  private withoutEmails(list: QueryList, from: number, to: number): readonly Id[] {
    return list.slice(from, to).filter((id) => id !== undefined && this.cache.email(id) === undefined && !this.missingEmails.has(id)) as Id[];
  }

  private async load(query: ListQuery, span: Span): Promise<void> {
    const shape = this.shape;
    try {
      const answer = await this.query(query, span);
      const { list } = this.shown.peek();
      if (this.shown.peek().query.key !== query.key || this.shape !== shape) return;
      list.take(answer);
      this.touch({ isLoading: false, error: undefined });
    } catch (error) {
      if (this.shown.peek().query.key !== query.key) return;
      this.touch({ isLoading: false, error: error as Error });
      this.onFailure(error as Error);
    }
  }

  /** Ids of a part of the query and, in the same request, what their rows show. */
  private async query(query: ListQuery, span: Span): Promise<QueryAnswer> {
    const ask: [string, Record<string, unknown>, string] = [
      "Email/query", { filter: query.filter, ...this.asked(), position: span.from, limit: span.to - span.from, calculateTotal: true }, "query",
    ];
    try {
      const answers = await this.client.together([ask, ...rowCalls({ "#ids": { resultOf: "query", name: "Email/query", path: "/ids" } })]);
      this.keep(answers[2] as GetAnswer<Thread>, answers[3] as GetAnswer<EmailHeader>);
      return answers[0] as QueryAnswer;
    } catch (error) {
      if (!isTooMuch(error)) throw error;
      // Threads of thousands of emails: their rows show what the one email says that stands for them.
      const [answer, emails] = await this.client.together([
        ask, ["Email/get", { "#ids": { resultOf: "query", name: "Email/query", path: "/ids" }, properties: headerProperties }, "emails"],
      ]) as [QueryAnswer, GetAnswer<EmailHeader>];
      this.keep(undefined, emails);
      return answer;
    }
  }

  private async loadEmails(ids: readonly Id[]): Promise<void> {
    const answers = await this.client.together(rowCalls({ ids }));
    this.keep(answers[1] as GetAnswer<Thread>, answers[2] as GetAnswer<EmailHeader>);
    for (const id of ids) if (this.cache.email(id) === undefined) this.missingEmails.add(id);
  }

  private keep(threads: GetAnswer<Thread> | undefined, emails: GetAnswer<EmailHeader>): void {
    this.cache.put(emails.list, threads?.list);
    this.onEmailState(emails.state);
  }
}

/** Emails by id, their threads, and all emails of these (RFC 8621 §4.10 shows the same). */
function rowCalls(ids: Readonly<Record<string, unknown>>): [string, Record<string, unknown>, string][] {
  return [
    ["Email/get", { ...ids, properties: ["threadId"] }, "of"],
    ["Thread/get", { "#ids": { resultOf: "of", name: "Email/get", path: "/list/*/threadId" } }, "threads"],
    ["Email/get", { "#ids": { resultOf: "threads", name: "Thread/get", path: "/list/*/emailIds" }, properties: headerProperties }, "emails"],
  ];
}

function isTooMuch(error: unknown): boolean {
  return error instanceof MethodError && (error.type === "requestTooLarge" || error.type === "invalidResultReference");
}
