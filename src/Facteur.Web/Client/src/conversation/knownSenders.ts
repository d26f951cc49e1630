import type { JmapClient } from "../jmap/client";
import { Turns } from "../jmap/turns";
import type { QueryAnswer } from "../jmap/types";

const maxKept = 500;
const known = new Map<string, Promise<boolean>>();
/** One search after the other: nobody waits for it to read, and among much mail it takes longer than reading. */
const turns = new Turns(1);

/** Whether somebody wrote before a message came, or was written to. Undefined when it does not matter any more once it is its turn. */
export async function isKnownSender(client: JmapClient, address: string, before: string, matters: () => boolean): Promise<boolean | undefined> {
  const key = `${address.toLowerCase()} ${before}`;
  return known.get(key) ?? turns.take(async () => known.get(key) ?? (matters() ? remember(key, ask(client, address, before)) : undefined));
}

function remember(key: string, answer: Promise<boolean>): Promise<boolean> {
  if (known.size >= maxKept) known.clear();
  known.set(key, answer);
  answer.catch(() => known.delete(key));
  return answer;
}

async function ask(client: JmapClient, address: string, before: string): Promise<boolean> {
  const name = `"${address.replace(/["\\]/gu, "")}"`;
  const answer = await client.call<QueryAnswer>("Email/query", {
    filter: { operator: "OR", conditions: [{ operator: "AND", conditions: [{ from: name }, { before }] }, { to: name }] }, limit: 1,
  });
  return answer.ids.length > 0;
}
