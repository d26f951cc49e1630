// The address book for completing addresses: kept in this browser, asked for again when the server's is another. No request while somebody types.
import { MethodError, Capability, type JmapClient } from "../jmap/client";
import type { GetAnswer, QueryAnswer } from "../jmap/types";
import { readValue, writeValue } from "../compose/localStore";
import { cardProperties, entryOf, type BookEntry, type Card } from "./book";

const storedKey = "addressBook";
/** Cards of one answer; as many as the server gives at once. */
const pageSize = 4_000;
/** An address book has no more (docs/jmap.md). */
const maxCards = 25_000;

interface SavedBook {
  readonly state: string;
  readonly entries: readonly BookEntry[];
}

export async function learnBook(client: JmapClient): Promise<readonly BookEntry[]> {
  if (!client.has(Capability.contacts)) return [];
  const kept = await readValue<SavedBook>(client.accountId, storedKey).catch(() => null);
  try {
    const { state } = await client.call<GetAnswer<Card>>("ContactCard/get", { ids: [] });
    if (kept?.state === state) return kept.entries;
    const entries = (await fetchCards(client)).map(entryOf).filter((one) => one !== null);
    await writeValue(client.accountId, storedKey, { state, entries } satisfies SavedBook).catch(() => undefined);
    return entries;
  } catch {
    return kept?.entries ?? []; // offline: what is kept serves
  }
}

async function fetchCards(client: JmapClient): Promise<readonly Card[]> {
  try {
    return (await client.call<GetAnswer<Card>>("ContactCard/get", { ids: null, properties: cardProperties })).list;
  } catch (error) {
    if (!(error instanceof MethodError && error.type === "requestTooLarge")) throw error;
  }
  const cards: Card[] = [];
  for (let position = 0; position < maxCards; position += pageSize) {
    const [asked, got] = (await client.together([
      ["ContactCard/query", { position, limit: pageSize }, "q"],
      ["ContactCard/get", { "#ids": { resultOf: "q", name: "ContactCard/query", path: "/ids" }, properties: cardProperties }, "g"],
    ])) as [QueryAnswer, GetAnswer<Card>];
    cards.push(...got.list);
    if (asked.ids.length < pageSize) break;
  }
  return cards;
}
