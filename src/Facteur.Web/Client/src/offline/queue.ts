import { TransportError } from "../jmap/client";
import type { Id, SetAnswer } from "../jmap/types";
import type { Answer, Arguments, Call } from "./answers";
import type { Waiting } from "./db";

/** Calls of one request that sends what waited. */
const callsAtOnce = 16;

/** What an Email/set asks for, when it is one that may wait: changes and removals of what there is, and nothing new. */
export function waitingOf(method: string, args: Arguments): Waiting | undefined {
  if (method !== "Email/set" || args["create"] !== undefined || args["ifInState"] !== undefined) return undefined;
  if (Object.keys(args).some((name) => name.startsWith("#") || name.startsWith("onSuccess"))) return undefined;
  const update = (args["update"] ?? {}) as Waiting["update"];
  const destroy = (args["destroy"] ?? []) as readonly Id[];
  return Object.keys(update).length + destroy.length === 0 ? undefined : { update, destroy };
}

/** What is answered to it meanwhile. */
export function promiseOf({ update, destroy }: Waiting): Arguments {
  return { oldState: null, newState: "waiting", updated: Object.fromEntries(Object.keys(update).map((id) => [id, null])), destroyed: destroy, created: null, notUpdated: null, notDestroyed: null, notCreated: null };
}

export interface QueueWork {
  load(): Promise<readonly Waiting[]>;
  drop(keys: readonly number[]): Promise<void>;
  send(calls: readonly Call[]): Promise<readonly Answer[]>;
}

/** Emails whose change was refused once it was sent. */
export interface Refused {
  readonly ids: readonly Id[];
  /** Why, by type of the error (RFC 8620 §5.3). */
  readonly types: readonly string[];
}

/**
 * Sends what waited, in the order in which it was done; each is dropped once it was answered. A failure of the line is thrown and leaves the rest in its
 * place. What is done twice, since its answer was lost, changes nothing more.
 */
export async function replay(work: QueueWork, accountId: Id): Promise<Refused> {
  const ids = new Set<Id>();
  const types = new Set<string>();
  for (;;) {
    const some = (await work.load()).slice(0, callsAtOnce);
    if (some.length === 0) return { ids: [...ids], types: [...types] };
    const calls = some.map(({ update, destroy }, at): Call => ["Email/set", { accountId, ...(Object.keys(update).length > 0 ? { update } : {}), ...(destroy.length > 0 ? { destroy } : {}) }, String(at)]);
    const answers = await work.send(calls).catch((error: unknown) => {
      // A request that is refused as a whole would be refused for ever.
      if (error instanceof TransportError && !error.isTemporary) return [];
      throw error;
    });
    some.forEach((one, at) => {
      const answer = answers.find((candidate) => candidate[2] === String(at));
      if (answer === undefined || answer[0] === "error") {
        for (const id of [...Object.keys(one.update), ...one.destroy]) ids.add(id);
        types.add(((answer?.[1] ?? {}) as { type?: string }).type ?? "serverFail");
        return;
      }
      const set = answer[1] as SetAnswer;
      for (const [id, error] of [...Object.entries(set.notUpdated ?? {}), ...Object.entries(set.notDestroyed ?? {}).filter(([, why]) => why.type !== "notFound")]) {
        ids.add(id);
        types.add(error.type);
      }
    });
    await work.drop(some.map((one) => one.key!));
  }
}
