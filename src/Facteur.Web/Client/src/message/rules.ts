import { MethodError, type JmapClient } from "../jmap/client";
import type { GetAnswer, Id, SetAnswer, SetError } from "../jmap/types";

// Rules and blocked senders (docs/jmap.md, "Rules without Sieve").

/** What a new rule does with the messages it is for. */
export type RuleAction =
  | { readonly type: "move" | "label"; readonly mailboxId: Id }
  | { readonly type: "archive" | "star" | "markRead" | "delete" | "neverJunk" };

export interface NewRule {
  readonly name: string;
  readonly field: "from" | "list" | "subject";
  readonly value: string;
  readonly actions: readonly RuleAction[];
}

/** What happened to the rules as a whole: a script written by hand may be in force instead of them. */
export type Standing = "running" | "byHand";

export async function blockSender(client: JmapClient, email: string): Promise<() => Promise<void>> {
  const answer = await client.call<SetAnswer>("BlockedSender/set", { create: { sender: { email } } });
  const refused = answer.notCreated?.["sender"];
  // Blocked twice is blocked.
  if (refused !== undefined && refused.type !== "alreadyExists") throw errorOf(refused);
  const id = answer.created?.["sender"]?.["id"] as Id | undefined;
  return async () => {
    if (id !== undefined) await client.call("BlockedSender/set", { destroy: [id] });
  };
}

export function addRule(client: JmapClient, { name, field, value, actions }: NewRule): Promise<Standing> {
  return createRule(client, { name, match: "all", conditions: [{ field, comparison: field === "subject" ? "contains" : "is", values: [value] }], actions });
}

/** A FilterRule with conditions of any kind. */
export interface FullRule {
  readonly name: string;
  readonly match: "all" | "any";
  readonly conditions: readonly Readonly<Record<string, unknown>>[];
  readonly actions: readonly RuleAction[];
}

export async function createRule(client: JmapClient, rule: FullRule): Promise<Standing> {
  const answer = await client.call<SetAnswer>("FilterRule/set", { create: { rule } });
  const refused = answer.notCreated?.["rule"];
  if (refused !== undefined) throw errorOf(refused);
  const { list } = await client.call<GetAnswer<{ readonly standing: string }>>("FilterScript/get", { ids: null });
  const standing = list[0]?.standing;
  if (standing === "otherScript" || standing === "edited") return "byHand";
  if (standing !== "running") await client.call("FilterScript/set", { update: { singleton: { isActive: true } } });
  return "running";
}

/** "Gazette <gazette.example.org>" is the list gazette.example.org (RFC 2919 §3). */
export function listIdOf(field: string | null): string | undefined {
  const id = /<([^<>\s]{3,255})>\s*$/u.exec(field ?? "")?.[1];
  return id !== undefined && id.includes(".") ? id : undefined;
}

function errorOf({ type, description }: SetError): MethodError {
  return new MethodError(type, description);
}
