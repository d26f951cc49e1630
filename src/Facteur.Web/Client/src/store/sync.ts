import { MethodError, type JmapClient } from "../jmap/client";
import type { ChangesAnswer, EmailHeader, GetAnswer, Id, Mailbox, QueryChangesAnswer, Thread } from "../jmap/types";
import { mutableProperties, type EmailCache, type Mutable } from "./emailCache";
import { headerProperties, type ListModel } from "./listModel";
import type { MailboxTable } from "./mailboxTable";

const maxChanges = 500;

/**
 * Brings what is kept to the state of the server, by changes alone. One round at a time; whoever asks during one gets another after it. Where the
 * server cannot tell what changed, what is shown is asked for anew.
 */
export class Sync {
  private emailState: string | undefined;
  private running: Promise<void> | undefined;
  private isWantedAgain = false;
  private readonly settled = new Set<Id>();

  constructor(private readonly client: JmapClient, private readonly cache: EmailCache, private readonly mailboxes: MailboxTable, private readonly list: () => ListModel) {}

  /** The state of the first emails loaded; later ones are told by changes. */
  begin(emailState: string): void {
    this.emailState ??= emailState;
  }

  /** Rows that an action took away: the next round begun brings what the server says of them. */
  settle(ids: Iterable<Id>): void {
    for (const id of ids) this.settled.add(id);
  }

  run(): Promise<void> {
    if (this.running !== undefined) {
      this.isWantedAgain = true;
      return this.running;
    }
    this.running = this.rounds().finally(() => (this.running = undefined));
    return this.running;
  }

  private async rounds(): Promise<void> {
    do {
      this.isWantedAgain = false;
      await this.round();
    } while (this.isWantedAgain);
  }

  private async round(): Promise<void> {
    const settled = [...this.settled];
    const ask = this.list().changesArguments();
    const since = this.emailState;
    const [mailboxes, emails, threads, rows] = await Promise.allSettled([
      this.mailboxes.sync(),
      since === undefined ? undefined : this.client.call<ChangesAnswer>("Email/changes", { sinceState: since, maxChanges }),
      since === undefined ? undefined : this.client.call<ChangesAnswer>("Thread/changes", { sinceState: since, maxChanges }),
      ask === undefined ? undefined : this.client.call<QueryChangesAnswer>("Email/queryChanges", ask),
    ] as const);
    const failure = [mailboxes, emails, threads, rows].find((one) => one.status === "rejected" && !(one.reason instanceof MethodError));
    if (failure?.status === "rejected") throw failure.reason;
    if (emails.status === "fulfilled" && threads.status === "fulfilled") await this.takeEmails(emails.value, threads.value);
    else await this.forget();
    if (rows.status === "fulfilled" && rows.value !== undefined) await this.list().apply(rows.value, settled);
    else if (rows.status === "rejected") await this.list().refresh();
    for (const id of settled) this.settled.delete(id);
  }

  private async takeEmails(emails: ChangesAnswer | undefined, threads: ChangesAnswer | undefined): Promise<void> {
    if (emails === undefined || threads === undefined) return;
    const known = this.cache.knownEmails(emails.updated);
    const changedThreads = threads.updated.filter((id) => this.cache.thread(id) !== undefined);
    const [mutable, grown] = await Promise.all([
      known.length === 0 ? undefined : this.client.call<GetAnswer<Mutable>>("Email/get", { ids: known, properties: mutableProperties }),
      changedThreads.length === 0 ? undefined : this.client.call<GetAnswer<Thread>>("Thread/get", { ids: changedThreads }),
    ]);
    if (mutable !== undefined) this.cache.update(mutable.list);
    if (grown !== undefined) await this.takeThreads(grown.list);
    this.cache.remove(emails.destroyed, threads.destroyed);
    this.emailState = emails.newState;
    if (emails.hasMoreChanges || threads.hasMoreChanges) {
      // Threads and emails share their states (docs/jmap.md); the one that got less far is asked again from there.
      if (threads.newState !== emails.newState) await this.forget();
      else this.isWantedAgain = true;
    }
  }

  private async takeThreads(threads: readonly Thread[]): Promise<void> {
    const missing = threads.flatMap((thread) => thread.emailIds).filter((id) => this.cache.email(id) === undefined);
    const emails = missing.length === 0 ? [] : (await this.client.call<GetAnswer<EmailHeader>>("Email/get", { ids: missing, properties: headerProperties })).list;
    this.cache.put(emails, threads);
  }

  /** Begins anew: what changed is not known. */
  private async forget(): Promise<void> {
    const { state } = await this.client.call<GetAnswer<Mailbox>>("Email/get", { ids: [], properties: ["id"] });
    this.cache.clear();
    this.emailState = state;
    await this.list().refresh();
  }
}
