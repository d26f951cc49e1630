// Builds the index of correspondents in the background: one request a day, of fields that the server has at hand.
import type { JmapClient } from "../jmap/client";
import type { EmailAddress, GetAnswer, Id } from "../jmap/types";
import { Correspondents, type SavedCorrespondents } from "./correspondents";
import { readValue, writeValue } from "./localStore";

const storedKey = "correspondents";
const day = 86_400_000;
const sentMessages = 2_000;
const answeredMessages = 500;

interface Envelope {
  readonly from: readonly EmailAddress[] | null;
  readonly to: readonly EmailAddress[] | null;
  readonly cc: readonly EmailAddress[] | null;
  readonly bcc: readonly EmailAddress[] | null;
  readonly receivedAt: string;
}

/** The index as it was kept; a fresh one once a day. */
export async function learnCorrespondents(client: JmapClient, sentId: Id | undefined, now: number): Promise<Correspondents> {
  const kept = new Correspondents(await readValue<SavedCorrespondents>(client.accountId, storedKey).catch(() => null));
  if (now - kept.builtAt < day && kept.size > 0) return kept;
  try {
    const fresh = await fetchCorrespondents(client, sentId);
    await keepCorrespondents(client, fresh, now);
    return fresh;
  } catch {
    return kept; // offline: what is kept serves, and the next window tries again
  }
}

export async function keepCorrespondents(client: JmapClient, index: Correspondents, now: number): Promise<void> {
  await writeValue(client.accountId, storedKey, index.save(now)).catch(() => undefined);
}

async function fetchCorrespondents(client: JmapClient, sentId: Id | undefined): Promise<Correspondents> {
  const index = new Correspondents();
  const sort = [{ property: "receivedAt", isAscending: false }];
  const list = (id: string): Record<string, unknown> => ({ "#ids": { resultOf: id, name: "Email/query", path: "/ids" }, properties: ["from", "to", "cc", "bcc", "receivedAt"] });
  const answers = await client.together([
    ...(sentId === undefined ? [] : [
      ["Email/query", { filter: { inMailbox: sentId }, sort, limit: sentMessages }, "q0"] as const,
      ["Email/get", list("q0"), "sent"] as const,
    ]),
    ["Email/query", { filter: { hasKeyword: "$answered" }, sort, limit: answeredMessages }, "q1"],
    ["Email/get", list("q1"), "answered"],
  ]);
  const got = answers.filter((answer) => "list" in (answer as object)) as GetAnswer<Envelope>[];
  const [answered, sent] = [got.at(-1), got.length > 1 ? got[0] : undefined];
  for (const one of sent?.list ?? []) {
    const at = Date.parse(one.receivedAt);
    // One of many recipients was hardly written to.
    const all = [...(one.to ?? []), ...(one.cc ?? []), ...(one.bcc ?? [])];
    for (const address of all) index.add(address, at, all.length > 20 ? 0.1 : 1);
  }
  for (const one of answered?.list ?? []) for (const address of one.from ?? []) index.add(address, Date.parse(one.receivedAt), 0.5);
  return index;
}
