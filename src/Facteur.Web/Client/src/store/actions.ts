import { showToast } from "../app/toast";
import { t, type MessageKey } from "../i18n";
import type { Params } from "../i18n/texts";
import type { EmailHeader, GetAnswer, Id, SetAnswer, SetError } from "../jmap/types";
import { headerProperties } from "./listModel";
import type { MailStore } from "./mailStore";
import { archive, effective, inverse, junk, keyword, label, move, mute, notJunk, trash, type EmailPatch, type Plan } from "./patches";
import { reasonOf, reasonOfSet } from "./reasons";
import { ofRows, rowsOf } from "./rowWords";

/** Every action shows at once, is taken back with a reason when the server refuses it, and can be undone. */
export interface Actions {
  archive(emailIds: readonly Id[]): Promise<void>;
  trash(emailIds: readonly Id[]): Promise<void>;
  junk(emailIds: readonly Id[]): Promise<void>;
  notJunk(emailIds: readonly Id[]): Promise<void>;
  move(emailIds: readonly Id[], toMailboxId: Id): Promise<void>;
  label(emailIds: readonly Id[], mailboxId: Id, on: boolean): Promise<void>;
  star(emailIds: readonly Id[], on: boolean): Promise<void>;
  read(emailIds: readonly Id[], on: boolean): Promise<void>;
  important(emailIds: readonly Id[], on: boolean): Promise<void>;
  mute(emailIds: readonly Id[], on: boolean): Promise<void>;
  /** For good: there is no undo, so that whoever calls it has asked. */
  destroy(emailIds: readonly Id[]): Promise<void>;
}

/** An action and what is said of it. */
export interface Deed {
  readonly plan: Plan;
  readonly said: MessageKey;
  readonly params?: Params;
  /** Too small a thing for a toast; `z` takes it back all the same. */
  readonly isQuiet?: boolean;
}

/** What actions do to an email, by name: the same for rows, open conversations and whole queries. */
export class Deeds {
  constructor(private readonly store: MailStore) {}

  readonly archive = (): Deed => ({ plan: archive(this.store.places()), said: ofRows("done.archived") });
  readonly trash = (): Deed => ({ plan: trash(this.store.places()), said: ofRows("done.trashed") });
  readonly junk = (): Deed => ({ plan: junk(this.store.places()), said: ofRows("done.junk") });
  readonly notJunk = (): Deed => ({ plan: notJunk(this.store.places()), said: ofRows("done.notJunk") });
  readonly move = (to: Id): Deed => ({ plan: move(this.store.places(), to, this.store.list.peek().query.mailboxId), said: ofRows("done.moved"), params: { mailbox: this.store.nameOf(to) } });
  readonly label = (id: Id, on: boolean): Deed => ({ plan: label(this.store.places(), id, on), said: ofRows(on ? "done.labelled" : "done.unlabelled"), params: { mailbox: this.store.nameOf(id) } });
  readonly star = (on: boolean): Deed => ({ plan: keyword("$flagged", on), said: ofRows(on ? "done.starred" : "done.unstarred"), isQuiet: true });
  readonly read = (on: boolean): Deed => ({ plan: keyword("$seen", on), said: ofRows(on ? "done.read" : "done.unread") });
  readonly important = (on: boolean): Deed => ({ plan: keyword("$important", on), said: ofRows(on ? "done.important" : "done.notImportant") });
  readonly mute = (on: boolean): Deed => ({ plan: mute(this.store.places(), on), said: on ? "done.muted" : "done.unmuted" });
}

/** Emails that one Email/set changes. */
export const setSize = 500;

export class MailActions implements Actions {
  readonly deeds: Deeds;
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly store: MailStore) {
    this.deeds = new Deeds(store);
  }

  /** How updates reach the server; whoever keeps them while there is no connection puts its own here. */
  send: (update: Readonly<Record<Id, EmailPatch>>) => Promise<SetAnswer> = (update) => this.store.client.call<SetAnswer>("Email/set", { update });

  archive = (ids: readonly Id[]) => this.run(ids, this.deeds.archive());
  trash = (ids: readonly Id[]) => this.run(ids, this.deeds.trash());
  junk = (ids: readonly Id[]) => this.run(ids, this.deeds.junk());
  notJunk = (ids: readonly Id[]) => this.run(ids, this.deeds.notJunk());
  move = (ids: readonly Id[], to: Id) => this.run(ids, this.deeds.move(to));
  label = (ids: readonly Id[], mailboxId: Id, on: boolean) => this.run(ids, this.deeds.label(mailboxId, on));
  star = (ids: readonly Id[], on: boolean) => this.run(ids, this.deeds.star(on));
  read = (ids: readonly Id[], on: boolean) => this.run(ids, this.deeds.read(on));
  important = (ids: readonly Id[], on: boolean) => this.run(ids, this.deeds.important(on));
  mute = (ids: readonly Id[], on: boolean) => this.run(ids, this.deeds.mute(on));

  /** Marks as read what is opened: nothing to say, nothing to undo. */
  async seen(ids: readonly Id[]): Promise<void> {
    const patches = await this.patchesOf(ids, keyword("$seen", true));
    if (patches.size > 0) await this.commit(patches).catch(() => undefined);
  }

  /** Does it, says so, and keeps what takes it back. */
  async run(ids: readonly Id[], deed: Deed): Promise<void> {
    try {
      const patches = await this.patchesOf(ids, deed.plan);
      if (patches.size === 0) return;
      const text = t(deed.said, { ...deed.params, count: rowsOf(patches.size, new Set([...patches.keys()].map((id) => this.store.email(id)?.threadId)).size) });
      const back = new Map([...patches].map(([id, patch]) => [id, inverse(patch)] as const));
      const done = this.commit(patches);
      const undo = async () => {
        await done;
        await this.commit(back);
      };
      const entry = { text, undo };
      const closeToast = deed.isQuiet === true ? this.store.undo.keep(entry) : this.store.undo.push(entry);
      await done.catch((error: unknown) => {
        this.store.undo.drop(entry);
        closeToast?.();
        throw error;
      });
    } catch (error) {
      this.refused(error);
    }
  }

  async destroy(ids: readonly Id[]): Promise<void> {
    try {
      this.store.hideRowsOf(ids);
      const answer = await this.inTurn(() => this.store.client.call<SetAnswer>("Email/set", { destroy: ids }));
      const refused = Object.values(answer.notDestroyed ?? {}).filter((error) => error.type !== "notFound");
      if (refused[0] !== undefined) throw new RefusedError(refused[0]);
      showToast({ text: t("done.destroyed", { count: ids.length }) });
    } catch (error) {
      this.store.showRowsOf(ids);
      this.refused(error);
    }
    await this.store.sync.run().catch(() => undefined);
  }

  /** Shows patches, sends them, and takes back those that were refused. Rejects when any was. */
  async commit(patches: ReadonlyMap<Id, EmailPatch>): Promise<void> {
    const overlay = this.store.cache.overlay(patches);
    const rows = this.store.hideRowsThatLeave(patches);
    const refused = new Map<Id, SetError>();
    try {
      const all = [...patches];
      for (let from = 0; from < all.length; from += setSize) {
        const answer = await this.inTurn(() => this.send(Object.fromEntries(all.slice(from, from + setSize))));
        for (const [id, error] of Object.entries(answer.notUpdated ?? {})) refused.set(id, error);
      }
    } catch (error) {
      overlay.settle(new Set(patches.keys()));
      rows.putBack();
      throw error;
    }
    overlay.settle(new Set(refused.keys()));
    if (refused.size > 0) rows.putBack();
    else rows.settle();
    void this.store.sync.run().catch(() => undefined);
    const first = refused.values().next().value;
    if (first !== undefined) throw new RefusedError(first);
  }

  /** What an action changes, of emails whether known or not. */
  async patchesOf(ids: readonly Id[], plan: Plan): Promise<ReadonlyMap<Id, EmailPatch>> {
    const unknown = ids.filter((id) => this.store.email(id) === undefined);
    if (unknown.length > 0) this.store.cache.put((await this.store.client.call<GetAnswer<EmailHeader>>("Email/get", { ids: unknown, properties: headerProperties })).list);
    const patches = new Map<Id, EmailPatch>();
    for (const id of ids) {
      const email = this.store.email(id);
      const patch = email === undefined ? undefined : effective(email, plan(email));
      if (patch !== undefined) patches.set(id, patch);
    }
    return patches;
  }

  /** One after the other, so that what was asked for later also arrives later. */
  private inTurn<T>(send: () => Promise<T>): Promise<T> {
    const turn = this.last.then(send, send);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private refused(error: unknown): void {
    showToast({ text: t("done.refused", { why: error instanceof RefusedError ? reasonOfSet(error.why) : reasonOf(error) }) });
    this.store.failed(error as Error);
  }
}

/** The server refused one change of a /set. */
export class RefusedError extends Error {
  constructor(readonly why: SetError) {
    super(why.type);
  }
}
