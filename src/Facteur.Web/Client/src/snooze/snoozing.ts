import { showToast } from "../app/toast";
import { t } from "../i18n";
import { formatFullDate } from "../i18n";
import type { GetAnswer, Id, IdSet, SetAnswer, SetError } from "../jmap/types";
import { RefusedError } from "../store/actions";
import type { MailStore } from "../store/mailStore";
import type { EmailPatch } from "../store/patches";
import { reasonOf, reasonOfSet } from "../store/reasons";
import { ofRows, rowsOf } from "../store/rowWords";

interface Before {
  readonly id: Id;
  readonly threadId: Id;
  readonly snoozedUntil: string | null;
  readonly mailboxIds: IdSet;
}

const setSize = 500;

const properties = ["id", "threadId", "snoozedUntil", "mailboxIds"] as const;

/** The same for all that a query finds. */
export async function snoozeQuery(store: MailStore, filter: Readonly<Record<string, unknown>>, until: string | null): Promise<void> {
  const { sweep } = await import("../store/bulk");
  await sweep<Before>(store, filter, {
    properties, change: (email) => (isWanted(store, email, until) ? [{ snoozedUntil: until }, backOf(email)] : undefined), said: (count) => saidOf(count, until),
  });
}

/** Lets emails come back at a time, or at once with null; says so, and can be undone. */
export async function snooze(store: MailStore, emailIds: readonly Id[], until: string | null): Promise<void> {
  try {
    const { list } = await store.client.call<GetAnswer<Before>>("Email/get", { ids: emailIds, properties });
    const before = list.filter((one) => isWanted(store, one, until));
    if (before.length === 0) return void showToast({ text: t("snooze.nothing") });
    const count = rowsOf(before.length, new Set(before.map(({ threadId }) => threadId)).size);
    const done = change(store, before, Object.fromEntries(before.map(({ id }) => [id, { snoozedUntil: until }])), until !== null);
    const close = store.undo.push({
      text: saidOf(count, until),
      undo: async () => {
        await done;
        await change(store, before, Object.fromEntries(before.map((one) => [one.id, backOf(one)])), false);
      },
    });
    await done.catch((error: unknown) => {
      close();
      throw error;
    });
  } catch (error) {
    showToast({ text: t("done.refused", { why: error instanceof RefusedError ? reasonOfSet(error.why) : reasonOf(error) }) });
    store.failed(error as Error);
  }
}

/** What was written here, or only sent, need not come back. */
function isWanted(store: MailStore, email: Before, until: string | null): boolean {
  return until === null ? email.snoozedUntil !== null || isIn(store, email) : isSnoozable(store, email);
}

function backOf(email: Before): Readonly<Record<string, unknown>> {
  return email.snoozedUntil !== null ? { snoozedUntil: email.snoozedUntil } : { snoozedUntil: null, mailboxIds: email.mailboxIds };
}

function saidOf(count: number, until: string | null): string {
  return until === null ? t(ofRows("snooze.returned"), { count }) : t(ofRows("snooze.done"), { count, time: formatFullDate(until) });
}

/** Sends changes; rows that leave what is shown do so at once and are back when the server refuses. */
async function change(store: MailStore, emails: readonly Before[], update: Readonly<Record<Id, Readonly<Record<string, unknown>>>>, isLeaving: boolean): Promise<void> {
  const patches = new Map(isLeaving ? emails.map((one) => [one.id, patchOf(store, one)] as const) : []);
  const overlay = store.cache.overlay(patches);
  const rows = store.hideRowsThatLeave(patches);
  let refused: SetError | undefined;
  try {
    const all = Object.entries(update);
    for (let from = 0; from < all.length; from += setSize) {
      const answer = await store.client.call<SetAnswer>("Email/set", { update: Object.fromEntries(all.slice(from, from + setSize)) });
      refused ??= Object.values(answer.notUpdated ?? {})[0];
    }
  } catch (error) {
    overlay.settle(new Set(patches.keys()));
    rows.putBack();
    throw error;
  }
  overlay.settle(refused === undefined ? new Set() : new Set(patches.keys()));
  if (refused === undefined) rows.settle();
  else rows.putBack();
  await store.sync.run().catch(() => undefined);
  if (refused !== undefined) throw new RefusedError(refused);
}

/** What the server does with an email that is put off (docs/jmap.md): out of where it is seen, into its own mailbox. */
function patchOf(store: MailStore, email: Before): EmailPatch {
  const { inbox, archive, junk, trash } = store.places();
  const patch: Record<string, true | null> = {};
  for (const id of [inbox, archive, junk, trash]) if (id !== undefined && email.mailboxIds[id] === true) patch[`mailboxIds/${id}`] = null;
  const snoozed = store.mailboxOf("snoozed");
  if (snoozed !== undefined) patch[`mailboxIds/${snoozed.id}`] = true;
  return patch;
}

function isIn(store: MailStore, { mailboxIds }: Before): boolean {
  const id = store.mailboxOf("snoozed")?.id;
  return id !== undefined && mailboxIds[id] === true;
}

function isSnoozable(store: MailStore, email: Before): boolean {
  const { sent, drafts } = store.places();
  return Object.keys(email.mailboxIds).some((id) => id !== sent && id !== drafts);
}
