// What of writing is in this browser alone: signing out would lose it.
import type { JmapClient } from "../jmap/client";
import type { KeptComposition } from "./composition";
import { readLeft } from "./leaving";
import { keptDrafts, keptOutgoing } from "./localStore";
import { dock, isDockThere, isDockWanted } from "./open";
import type { Outgoing } from "./outbox";

export interface Unsent {
  readonly kind: "draft" | "outgoing";
  readonly subject: string;
}

type Draft = Pick<KeptComposition, "key" | "isDirty" | "content">;

/** Messages that wait to be sent, and drafts of which something is not with the server: words, or a file. */
export function notOnServer(drafts: readonly Draft[], outgoing: readonly Pick<Outgoing, "key" | "content">[]): readonly Unsent[] {
  const waiting = new Map(outgoing.map((one) => [one.key, one]));
  const open = new Map(drafts.filter((one) => !waiting.has(one.key) && (one.isDirty || one.content.attachments.some((file) => file.blobId === null))).map((one) => [one.key, one]));
  const of = (kind: Unsent["kind"], all: Iterable<{ readonly content: { readonly subject: string } }>) => [...all].map(({ content }): Unsent => ({ kind, subject: content.subject.trim() }));
  return [...of("outgoing", waiting.values()), ...of("draft", open.values())];
}

/** Brings up what can be brought up, for as long as somebody may be let wait, and tells what is left: of this page and of others. */
export async function unsentOf(client: JmapClient, patienceMilliseconds: number): Promise<readonly Unsent[]> {
  const { accountId } = client;
  if ((await left(accountId)).length === 0 && !isDockThere.peek()) return [];
  await Promise.race([settled().catch(() => undefined), new Promise((resolve) => setTimeout(resolve, patienceMilliseconds))]);
  return left(accountId);
}

async function left(account: string): Promise<readonly Unsent[]> {
  const [drafts, outgoing] = await Promise.all([keptDrafts<KeptComposition>(account), keptOutgoing<Outgoing>(account)]).catch(() => [[], []] as const);
  return notOnServer([...drafts, ...readLeft<KeptComposition>(account)], outgoing);
}

/** What is kept here is saved where one writes, which may have to be loaded first. */
async function settled(): Promise<void> {
  isDockWanted.value = true;
  await new Promise<void>((resolve) => {
    const end = isDockThere.subscribe((isThere) => { if (isThere) queueMicrotask(() => { end(); resolve(); }); });
  });
  await dock.settle?.();
}
