import type { Id } from "../jmap/types";
import { prepareFrames } from "../message/spareFrames";
import type { MailStore } from "../store/mailStore";
import { bring } from "./loading";
import { openAtFirst } from "./people";

const [maxMessages, maxOctets] = [5, 256 * 1024];

/** Gets what a conversation opens with before anybody opens it, and what any needs; what is large waits until somebody opens it. */
export function loadAhead(store: MailStore, threadId: Id | undefined): void {
  prepareFrames();
  const emails = threadId === undefined ? undefined : store.knownThread(threadId);
  if (emails === undefined) return;
  const first = openAtFirst(emails);
  const ids = emails.filter((email) => first.has(email.id) && email.size <= maxOctets).map((email) => email.id);
  // Who opens it asks again, and is told why it does not work.
  if (ids.length <= maxMessages) bring(store.client, ids).catch(() => undefined);
}
