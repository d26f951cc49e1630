import type { JmapClient } from "../jmap/client";
import { MethodError } from "../jmap/client";
import type { ChangesAnswer, EmailHeader, GetAnswer, Id, Mailbox, QueryAnswer, Thread } from "../jmap/types";
import { headerProperties, newestFirst } from "../store/listModel";
import type { Extent, KeptBody, KeptMail } from "./db";
import { listedAt } from "./finding";
import { after, cutoff, prune, pruneBodies } from "./pruning";

const idsAtOnce = 100;
const maxFirst = 1_500;
const maxChanges = 500;

/** Keeps what is in this browser as the server has it: the first time all of the last days, then what changed. */
export class Mirror {
  private running: Promise<void> | undefined;
  private isWantedAgain = false;

  constructor(private readonly client: JmapClient, private readonly kept: KeptMail, private readonly days: () => number, private readonly now: () => Date = () => new Date()) {}

  /** One round at a time, in one page of this browser. Fails as the server or the browser does: what was not kept is asked for again by the next round. */
  run(): Promise<void> {
    if (this.running !== undefined) {
      this.isWantedAgain = true;
      return this.running;
    }
    this.running = this.rounds().finally(() => (this.running = undefined));
    return this.running;
  }

  /** Asks again for emails of which something else is kept than the server has. */
  async correct(ids: readonly Id[]): Promise<void> {
    const { emails, threads } = await this.load(ids);
    await this.kept.apply({ emails, threads, gone: ids.filter((id) => !emails.some((one) => one.id === id)) });
  }

  private async rounds(): Promise<void> {
    const round = async () => {
      do {
        this.isWantedAgain = false;
        await this.round();
      } while (this.isWantedAgain);
    };
    // Pages of one browser take turns: what one leaves when it is closed in the middle the next one goes on with.
    if (navigator.locks === undefined) await round();
    else await navigator.locks.request("facteur-mirror", round);
  }

  private async round(): Promise<void> {
    const extent = await this.kept.value<Extent>("extent");
    try {
      if (extent === undefined) await this.fill();
      else if (extent.days < this.days()) await this.widen();
      else await this.follow(extent);
    } catch (error) {
      if (!(error instanceof MethodError) || extent === undefined) throw error;
      // The server cannot tell what changed since (RFC 8620 §5.2): begun anew.
      await this.widen();
    }
    await this.prune();
  }

  /** What was kept for fewer days does not tell what else there is. */
  private async widen(): Promise<void> {
    await this.kept.forget();
    await this.fill();
  }

  private async fill(): Promise<void> {
    const { state } = await this.client.call<GetAnswer<EmailHeader>>("Email/get", { ids: [], properties: ["id"] });
    const { ids } = await this.client.call<QueryAnswer>("Email/query", { sort: newestFirst, limit: maxFirst });
    const days = this.days();
    const oldest = cutoff(this.now(), days);
    let since = oldest;
    for (let from = 0; from < ids.length; from += idsAtOnce) {
      const part = ids.slice(from, from + idsAtOnce);
      const { emails, threads } = await this.load(part);
      await this.kept.apply({ emails, threads });
      const last = emails.find((one) => one.id === part.at(-1));
      if (last !== undefined && listedAt(last) < oldest) break;
      if (ids.length === maxFirst && last !== undefined) since = after(listedAt(last));
    }
    await this.close({ since, days, emailState: state, mailboxState: "" });
  }

  private async follow(extent: Extent): Promise<void> {
    let state = extent.emailState;
    for (;;) {
      const changes = await this.client.call<ChangesAnswer>("Email/changes", { sinceState: state, maxChanges });
      const changed = [...changes.created, ...changes.updated];
      for (let from = 0; from < changed.length; from += idsAtOnce) {
        const { emails, threads } = await this.load(changed.slice(from, from + idsAtOnce));
        const wanted = new Set(emails.filter((one) => listedAt(one) >= extent.since).map((one) => one.threadId));
        await this.kept.apply({ emails: emails.filter((one) => wanted.has(one.threadId)), threads: threads.filter((one) => wanted.has(one.id)) });
      }
      await this.remove(changes.destroyed);
      state = changes.newState;
      if (!changes.hasMoreChanges) break;
    }
    await this.close({ ...extent, emailState: state });
  }

  private async remove(ids: readonly Id[]): Promise<void> {
    if (ids.length === 0) return;
    const gone = new Set(ids);
    const threads = (await this.kept.all<Thread>("threads")).filter((one) => one.emailIds.some((id) => gone.has(id)));
    const left = threads.map((one) => ({ ...one, emailIds: one.emailIds.filter((id) => !gone.has(id)) }));
    await this.kept.apply({ gone: ids, threads: left.filter((one) => one.emailIds.length > 0), goneThreads: left.filter((one) => one.emailIds.length === 0).map((one) => one.id) });
  }

  /** Folders as they are now; what is kept is of that state from here on. */
  private async close(extent: Extent): Promise<void> {
    const answer = await this.client.call<GetAnswer<Mailbox>>("Mailbox/get", { ids: null });
    await this.kept.apply({ mailboxes: answer.list, extent: { ...extent, mailboxState: answer.state } });
  }

  private async prune(): Promise<void> {
    const extent = await this.kept.value<Extent>("extent");
    if (extent === undefined) return;
    const emails = await this.kept.all<EmailHeader>("emails");
    const old = prune(emails, extent.since, this.now(), this.days());
    const gone = new Set(old.gone);
    const listed = new Map(emails.filter((one) => !gone.has(one.id)).map((one) => [one.id, listedAt(one)] as const));
    const bodies = pruneBodies((await this.kept.all<KeptBody>("bodies")).map((one) => one.id), listed);
    if (old.gone.length > 0 || old.since !== extent.since || extent.days !== this.days()) await this.kept.apply({ gone: old.gone, goneThreads: old.goneThreads, extent: { ...extent, since: old.since, days: this.days() } });
    if (bodies.length > 0) await this.kept.dropBodies(bodies);
  }

  /** Emails with all of their threads, as lists need them. */
  private async load(ids: readonly Id[]): Promise<{ readonly emails: readonly EmailHeader[]; readonly threads: readonly Thread[] }> {
    const answers = await this.client.together([
      ["Email/get", { ids, properties: ["threadId"] }, "of"],
      ["Thread/get", { "#ids": { resultOf: "of", name: "Email/get", path: "/list/*/threadId" } }, "threads"],
      ["Email/get", { "#ids": { resultOf: "threads", name: "Thread/get", path: "/list/*/emailIds" }, properties: headerProperties }, "emails"],
    ]);
    return { threads: (answers[1] as GetAnswer<Thread>).list, emails: (answers[2] as GetAnswer<EmailHeader>).list };
  }
}
