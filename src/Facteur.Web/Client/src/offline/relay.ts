import { TransportError, type JmapClient } from "../jmap/client";
import type { EmailHeader, GetAnswer, Id, Thread } from "../jmap/types";
import { patched, type EmailPatch } from "../store/patches";
import { answer, remembered, type Answer, type Arguments, type Call, type Known } from "./answers";
import type { Extent, KeptBody, KeptMail } from "./db";
import { promiseOf, replay, waitingOf, type Refused } from "./queue";

/** What the first list asks for. */
const firstCalls = new Set(["Mailbox/get", "Email/query"]);

type Send = (calls: readonly Call[]) => Promise<readonly Answer[]>;

/**
 * Stands between the page and the server. With a line it sends first what waited, and keeps bodies that are read; without one it answers out of what is
 * kept, and keeps what is done until there is one. What cannot be answered so fails as it did.
 */
export class Relay {
  /** The first list comes out of what is kept; what changed since is asked for right after. */
  isFirst = true;
  /** Tells that there is no line. */
  onOffline: () => void = () => undefined;
  private readonly unsaid: (readonly [count: number, refused: Refused])[] = [];
  private said: ((count: number, refused: Refused) => void) | undefined;
  private waiting: number | undefined;
  private replaying: Promise<void> | undefined;
  private readonly accountId: Id;

  constructor(client: JmapClient, private readonly kept: KeptMail) {
    this.accountId = client.accountId;
    client.relay = (calls, send, isIndependent) => this.pass(calls, send, isIndependent);
  }

  /** Tells of what waited and was sent, some of it perhaps refused: also of what was sent before anybody listened. */
  tellSent(listener: (count: number, refused: Refused) => void): void {
    this.said = listener;
    for (const [count, refused] of this.unsaid.splice(0)) listener(count, refused);
  }

  /** How many changes wait. */
  async count(): Promise<number> {
    this.waiting ??= (await this.kept.all("queue")).length;
    return this.waiting;
  }

  private async pass(calls: readonly Call[], send: Send, isIndependent: boolean): Promise<readonly Answer[]> {
    if (this.isFirst && firstCalls.has(calls[0]?.[0] ?? "") && (await this.count()) === 0) {
      const known = await this.fromKept(calls, false, true);
      if (known !== undefined) return known;
    }
    try {
      if ((await this.count()) > 0) await this.sendWaiting(send);
      const answers = await send(calls);
      void this.keep(calls, answers).catch(() => undefined);
      return answers;
    } catch (error) {
      if (!(error instanceof TransportError) || error.status !== 0) throw error;
      this.onOffline();
      const known = await this.withoutLine(calls, isIndependent);
      if (known === undefined) throw error;
      return known;
    }
  }

  /** One page sends for all of this browser. */
  private sendWaiting(send: Send): Promise<void> {
    this.replaying ??= (async () => {
      const run = async () => {
        const count = await this.count();
        const refused = await replay({ load: () => this.kept.all("queue"), drop: (keys) => this.kept.dequeue(keys), send }, this.accountId);
        this.waiting = 0;
        if (this.said === undefined) this.unsaid.push([count, refused]);
        else this.said(count, refused);
      };
      await (navigator.locks === undefined ? run() : navigator.locks.request("facteur-queue", run));
    })().finally(() => (this.replaying = undefined));
    return this.replaying;
  }

  private async withoutLine(calls: readonly Call[], isIndependent: boolean): Promise<readonly Answer[] | undefined> {
    const first = calls[0];
    const waiting = first === undefined || calls.length > 1 && !isIndependent ? undefined : calls.map(([method, args]) => waitingOf(method, args));
    if (waiting === undefined || !waiting.some((one) => one !== undefined)) return this.fromKept(calls, isIndependent, false);
    const answers: Answer[] = [];
    for (const [at, call] of calls.entries()) {
      const one = waiting[at];
      if (one === undefined) {
        answers.push(...((await this.fromKept([call], true, false)) ?? [["error", { type: "offline" }, call[2]] as const]));
        continue;
      }
      const emails = (await this.kept.some<EmailHeader>("emails", Object.keys(one.update))).filter((email) => email !== undefined);
      await this.kept.enqueue(one, emails.map((email) => changed(email, one.update[email.id]!)), one.destroy);
      this.waiting = (await this.count()) + 1;
      answers.push([call[0], { accountId: this.accountId, ...promiseOf(one) }, call[2]]);
    }
    return answers;
  }

  /** Answers of all calls; of those that stand for themselves each that there is, the others as having failed for want of a line. */
  private async fromKept(calls: readonly Call[], isIndependent: boolean, isFirst: boolean): Promise<readonly Answer[] | undefined> {
    const known = await this.known(calls);
    if (known === undefined) return undefined;
    const answers: Answer[] = [];
    for (const call of calls) {
      const one = await answer(known, call, answers, isFirst);
      if (one === undefined && !isIndependent) return undefined;
      answers.push(one ?? ["error", { type: "offline" }, call[2]]);
    }
    return isIndependent && answers.every((one) => one[0] === "error") ? undefined : answers;
  }

  private async known(calls: readonly Call[]): Promise<Known | undefined> {
    const answerable = ["Mailbox/get", "Email/query", "Email/get", "Thread/get", ...remembered];
    if (!calls.some(([method]) => answerable.includes(method))) return undefined;
    const extent = await this.kept.value<Extent>("extent");
    if (extent === undefined) return undefined;
    const [mailboxes, emails] = await Promise.all([this.kept.all<Known["mailboxes"][number]>("mailboxes"), this.kept.all<EmailHeader>("emails")]);
    return {
      extent, mailboxes, emails: new Map(emails.map((one) => [one.id, one])),
      thread: async (id) => (await this.kept.some<Thread>("threads", [id]))[0],
      body: async (id) => (await this.kept.some<KeptBody>("bodies", [id]))[0]?.email,
      last: (method) => this.kept.value(`last ${method}`),
    };
  }

  /** Bodies that were read, of mail that is kept, and what is always answered alike. */
  private async keep(calls: readonly Call[], answers: readonly Answer[]): Promise<void> {
    for (const [method, args, id] of calls) {
      const found = answers.find((one) => one[2] === id);
      if (found === undefined || found[0] === "error") continue;
      if ((remembered as readonly string[]).includes(method) && args["ids"] === null) await this.kept.setValue(`last ${method}`, found[1]);
      if (method !== "Email/get" || !((args["properties"] ?? []) as readonly string[]).includes("bodyValues")) continue;
      const { list } = found[1] as GetAnswer<Arguments & { readonly id: Id }>;
      const headers = await this.kept.some<EmailHeader>("emails", list.map((one) => one.id));
      await this.kept.apply({ bodies: list.filter((_, at) => headers[at] !== undefined).map((email) => ({ id: email.id, email })) });
    }
  }
}

/** An email as it will be once what was done to it is sent. */
function changed(email: EmailHeader, patch: Arguments): EmailHeader {
  const { snoozedUntil, mailboxIds, ...paths } = patch as { snoozedUntil?: string | null; mailboxIds?: EmailHeader["mailboxIds"] };
  const next = patched(email, paths as EmailPatch);
  return { ...next, ...(mailboxIds === undefined ? {} : { mailboxIds }), ...(snoozedUntil === undefined ? {} : { snoozedUntil }) };
}

