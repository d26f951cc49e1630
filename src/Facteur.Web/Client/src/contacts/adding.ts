// « Ajouter aux contacts »: who wrote is in the address book from now on.
import { showToast } from "../app/toast";
import { t } from "../i18n";
import { MethodError, type JmapClient } from "../jmap/client";
import type { EmailAddress, GetAnswer, Id, SetAnswer } from "../jmap/types";
import { plainName } from "../message/names";
import type { MailStore } from "../store/mailStore";
import { reasonOf } from "../store/reasons";
import { entryOf, type Card } from "./book";
import { bookVersion } from "./version";

interface Added {
  readonly id: Id;
  /** The address was there already, in this card. */
  readonly isKnown: boolean;
}

/** Told at once; what the server says against it is told instead of it. */
export async function addSender(store: MailStore, sender: EmailAddress): Promise<void> {
  const who = plainName(sender.name ?? sender.email);
  const adding = addContact(store.client, sender);
  const close = showToast({ text: t("message.contactAdded", { who }), action: { label: t("app.undo"), run: () => void takeBack(store.client, adding) } });
  try {
    const added = await adding;
    if (!added.isKnown) return;
    close();
    showToast({ text: t("message.contactKnown", { who }), action: { label: t("message.contactEdit"), run: () => location.assign(`/settings/contacts?edit=${added.id.slice(1)}#contact`) } });
  } catch (error) {
    close();
    showToast({ text: t("done.refused", { why: reasonOf(error) }) });
  }
}

async function addContact(client: JmapClient, { name, email }: EmailAddress): Promise<Added> {
  const [books, , known] = (await client.together([
    ["AddressBook/get", { ids: null, properties: ["isDefault"] }, "b"],
    ["ContactCard/query", { filter: { email }, limit: 20 }, "q"],
    ["ContactCard/get", { "#ids": { resultOf: "q", name: "ContactCard/query", path: "/ids" }, properties: ["emails"] }, "g"],
  ])) as [GetAnswer<{ id: Id; isDefault: boolean }>, unknown, GetAnswer<Card>];
  const same = known.list.find((card) => entryOf(card)?.emails.some((one) => one.toLowerCase() === email.toLowerCase()));
  if (same !== undefined) return { id: same.id, isKnown: true };
  const book = books.list.find((one) => one.isDefault) ?? books.list[0];
  const full = name?.replace(/\s+/gu, " ").trim() ?? "";
  const card = {
    "@type": "Card", version: "1.0", uid: `urn:uuid:${crypto.randomUUID()}`, addressBookIds: { [book?.id ?? ""]: true },
    ...(full === "" || full.toLowerCase() === email.toLowerCase() ? {} : { name: { full } }), emails: { e1: { address: email } },
  };
  const answer = await client.call<SetAnswer>("ContactCard/set", { create: { card } });
  const refused = answer.notCreated?.["card"];
  if (refused !== undefined) throw new MethodError(refused.type, refused.description);
  bookVersion.value++;
  return { id: answer.created?.["card"]?.["id"] as Id, isKnown: false };
}

async function takeBack(client: JmapClient, adding: Promise<Added>): Promise<void> {
  try {
    const { id, isKnown } = await adding;
    if (isKnown) return;
    await client.call<SetAnswer>("ContactCard/set", { destroy: [id] });
    bookVersion.value++;
  } catch (error) {
    showToast({ text: t("done.refused", { why: reasonOf(error) }) });
  }
}
