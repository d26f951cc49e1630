import { showToast } from "../app/toast";
import { t } from "../i18n";
import type { GetAnswer, Id, IdSet, QueryAnswer, SetAnswer, SetError } from "../jmap/types";
import { RefusedError, setSize, type Deed } from "./actions";
import type { MailStore } from "./mailStore";
import { effective, inverse } from "./patches";
import { reasonOf, reasonOfSet } from "./reasons";
import { rowsOf } from "./rowWords";

const idsAtOnce = 50_000;

type Filter = Readonly<Record<string, unknown>>;
type Patch = Readonly<Record<string, unknown>>;
type Mutable = { readonly id: Id; readonly threadId: Id; readonly keywords: IdSet; readonly mailboxIds: IdSet };

/** What is done to each email of a query. */
export interface Sweep<E extends { readonly id: Id }> {
  /** Properties that `change` looks at. */
  readonly properties: readonly string[];
  /** What changes, and what takes that back; undefined for an email to which there is nothing to do. */
  change(email: E): readonly [patch: Patch, back: Patch] | undefined;
  /** What is said of so many rows. */
  said(count: number): string;
}

/** Does something to all that a query finds, shown or not. */
export function runOnQuery(store: MailStore, filter: Filter, deed: Deed): Promise<void> {
  return sweep<Mutable>(store, filter, {
    properties: ["id", "threadId", "keywords", "mailboxIds"],
    change: (email) => {
      const patch = effective(email, deed.plan(email));
      return patch && [patch, inverse(patch)];
    },
    said: (count) => t(deed.said, { ...deed.params, count }),
  });
}

/**
 * Sweeps through a query: its emails are listed first, so that it does not matter that they leave the query meanwhile, then changed in batches. What was
 * done until something failed, or somebody stopped it, stays done, and can be undone.
 */
export async function sweep<E extends { readonly id: Id; readonly threadId: Id }>(store: MailStore, filter: Filter, work: Sweep<E>): Promise<void> {
  const undone: ReadonlyMap<Id, Patch>[] = [];
  const threads = new Set<Id>();
  const progress = new Progress();
  try {
    const ids = await idsOf(store, filter);
    for (let from = 0; from < ids.length && !progress.isStopped; from += setSize) {
      progress.show(from, ids.length);
      const { list } = await store.client.call<GetAnswer<E>>("Email/get", { ids: ids.slice(from, from + setSize), properties: work.properties });
      const changes = list.map((email) => ({ email, change: work.change(email) })).filter(({ change }) => change !== undefined);
      // Noted before: of a batch that is refused in part, the other part is done.
      if (changes.length > 0) undone.push(new Map(changes.map(({ email, change }) => [email.id, change![1]])));
      for (const { email } of changes) threads.add(email.threadId);
      await send(store, new Map(changes.map(({ email, change }) => [email.id, change![0]])));
    }
  } catch (error) {
    showToast({ text: t("done.refused", { why: whyOf(error) }) });
  } finally {
    progress.close();
    await store.sync.run().catch(() => undefined);
  }
  if (undone.length > 0) store.undo.push({ text: work.said(rowsOf(undone.reduce((sum, batch) => sum + batch.size, 0), threads.size)), undo: () => takeBack(store, undone) });
}

async function takeBack(store: MailStore, undone: readonly ReadonlyMap<Id, Patch>[]): Promise<void> {
  for (const batch of undone) await send(store, batch);
  await store.sync.run();
}

/** Deletes all that a query finds, for good: whoever calls it has asked. */
export async function destroyQuery(store: MailStore, filter: Filter): Promise<void> {
  const progress = new Progress();
  let done = 0;
  try {
    const ids = await idsOf(store, filter);
    for (; done < ids.length && !progress.isStopped; done += setSize) {
      progress.show(done, ids.length);
      const answer = await store.client.call<SetAnswer>("Email/set", { destroy: ids.slice(done, done + setSize) });
      refuse(answer.notDestroyed);
    }
    progress.close();
    showToast({ text: t("done.destroyed", { count: Math.min(done, ids.length) }) });
  } catch (error) {
    showToast({ text: t("done.refused", { why: whyOf(error) }) });
  } finally {
    progress.close();
    await store.sync.run().catch(() => undefined);
  }
}

/** How far it is, at the foot of the page, with the way to stop it. */
class Progress {
  isStopped = false;
  close = showToast({ text: t("list.loading"), seconds: 0 });

  show(done: number, count: number): void {
    this.close();
    this.close = showToast({ text: t("list.progress", { done, count }), action: { label: t("list.stop"), run: () => (this.isStopped = true) }, seconds: 0 });
  }
}

function whyOf(error: unknown): string {
  return error instanceof RefusedError ? reasonOfSet(error.why) : reasonOf(error);
}

/** What is gone already needs no word. */
function refuse(refused: Readonly<Record<Id, SetError>> | null): void {
  const first = Object.values(refused ?? {}).find((error) => error.type !== "notFound");
  if (first !== undefined) throw new RefusedError(first);
}

/** All emails of a query, in its order, without those that come meanwhile. */
async function idsOf(store: MailStore, filter: Filter): Promise<readonly Id[]> {
  const ids: Id[] = [];
  let state: string | undefined;
  for (;;) {
    const answer = await store.client.call<QueryAnswer>("Email/query", {
      filter, sort: [{ property: "receivedAt", isAscending: false }], position: ids.length, limit: idsAtOnce,
    });
    // Somebody changed what it finds: places have moved, so that some would be left out.
    if (state !== undefined && answer.queryState !== state) [ids.length, state] = [0, undefined];
    else {
      state = answer.queryState;
      ids.push(...answer.ids);
      if (answer.ids.length < idsAtOnce) return [...new Set(ids)];
    }
  }
}

async function send(store: MailStore, patches: ReadonlyMap<Id, Patch>): Promise<void> {
  if (patches.size === 0) return;
  const answer = await store.client.call<SetAnswer>("Email/set", { update: Object.fromEntries(patches) });
  refuse(answer.notUpdated);
}
