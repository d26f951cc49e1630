import type { WebmailSettings } from "../settings/settings";

/** Keys that somebody chose, by the id of what they do; kept by the account. */
export type KeyChoices = WebmailSettings["keys"];

/** Others in whose way keys would be: the same, or the beginning of the other. Those of one scope, or of everywhere. */
export function inTheWay<T extends { readonly id: string; readonly scope: string; readonly keys: readonly string[] }>(all: readonly T[], id: string, scope: string, keys: string): readonly T[] {
  const meets = (other: string) => other === keys || other.startsWith(`${keys} `) || keys.startsWith(`${other} `);
  return all.filter((one) => one.id !== id && (one.scope === scope || one.scope === "global" || scope === "global") && one.keys.some(meets));
}
