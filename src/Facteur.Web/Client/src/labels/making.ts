import type { Id, SetAnswer } from "../jmap/types";
import { RefusedError } from "../store/actions";
import type { MailStore } from "../store/mailStore";
import { fold } from "../i18n/fold";
import { nextColor } from "./choices";

/** Makes a label, and those above it that are not there yet ("Clients/Durand"); answers its id once the store knows it. */
export async function createLabel(store: MailStore, path: string): Promise<Id> {
  const all = store.mailboxes.peek();
  const create: Record<string, Readonly<Record<string, unknown>>> = {};
  let parentId: string | null = null;
  let last = "";
  path.split("/").forEach((name, depth) => {
    const known = all.find((one) => one.parentId === parentId && fold(one.name) === fold(name));
    if (known !== undefined) {
      parentId = known.id;
      return;
    }
    last = `label${depth}`;
    create[last] = { name, parentId, ...(store.client.has("https://facteur.email/jmap/mail") ? { color: nextColor(all) } : {}) };
    parentId = `#${last}`;
  });
  if (last === "") return parentId!;
  const answer = await store.client.call<SetAnswer>("Mailbox/set", { create });
  const refused = Object.values(answer.notCreated ?? {})[0];
  if (refused !== undefined) throw new RefusedError(refused);
  const id = answer.created![last]!["id"] as Id;
  await store.refresh();
  return id;
}

export async function colorLabel(store: MailStore, id: Id, color: string | null): Promise<void> {
  const answer = await store.client.call<SetAnswer>("Mailbox/set", { update: { [id]: { color } } });
  const refused = answer.notUpdated?.[id];
  if (refused !== undefined) throw new RefusedError(refused);
  await store.refresh();
}
