import { bindNamed, nameKeys, type NamedKeys } from "../shortcuts/registry";

/** Keys while one writes; each window binds them as long as the focus is in it. */
const keys = [
  ["send", ["Mod+Enter"], "compose.keys.send"],
  ["composeCc", ["Mod+Shift+c"], "compose.keys.cc"],
  ["composeBcc", ["Mod+Shift+b"], "compose.keys.bcc"],
  ["composeSubject", ["Mod+Shift+s"], "compose.keys.subject"],
] as const satisfies readonly NamedKeys[];

export type ComposeKey = (typeof keys)[number][0];

export function bindComposeKeys(runs: Readonly<Record<ComposeKey, () => void>>): () => void {
  return bindNamed("compose", keys, runs);
}

/** They are shown, and can be changed, before anybody writes. */
export function nameComposeKeys(): void {
  nameKeys("compose", keys);
}
