import { signal, type ReadonlySignal } from "@preact/signals";
import type { MessageKey } from "../i18n";
import { settings } from "../settings/settings";
import { KeySequence, nameOf, pressOf } from "./keys";

export type Scope = "list" | "conversation" | "compose" | "global";

/** Where more than one has the same keys, the first of these that is bound. */
const order: readonly Scope[] = ["compose", "conversation", "list", "global"];

export interface Binding {
  readonly scope: Scope;
  /** Names it for who remaps it; the same for all bindings that mean the same. */
  readonly id: string;
  readonly keys: readonly string[];
  /** Without what was remapped. */
  readonly usualKeys: readonly string[];
  readonly label: MessageKey;
  readonly run: () => void;
  /** Only named, of something that is not there now. */
  readonly isNamed?: boolean;
}

/** Keys, and what they are for. */
export type NamedKeys = readonly [id: string, keys: readonly string[], label: MessageKey];

const bindings = signal<readonly Binding[]>([]);
let remapped: Readonly<Record<string, readonly string[]>> = {};
const sequence = new KeySequence();

/** What is bound now, with the keys as remapped. */
export const bound: ReadonlySignal<readonly Binding[]> = bindings;

/**
 * Binds keys ("j", "Shift+i", "g i", "Mod+Enter") as long as it is not taken back; of the same scope the last one wins. Keys are what is typed
 * (event.key), never places on a keyboard; nothing runs while somebody types, but for those with Ctrl or ⌘.
 */
export function bind(scope: Scope, id: string, keys: readonly string[], label: MessageKey, run: () => void): () => void {
  const usualKeys = keys.map(canonical);
  const binding: Binding = { scope, id, keys: remapped[id] ?? usualKeys, usualKeys, label, run };
  bindings.value = [...bindings.peek(), binding];
  return () => (bindings.value = bindings.peek().filter((one) => one.run !== run || one.id !== id));
}

/** Names keys of what comes and goes, a window or an open conversation: the list of keys shows them and they can be changed at any time. */
export function nameKeys(scope: Scope, all: readonly NamedKeys[]): void {
  const named = all.map(([id, keys, label]): Binding => {
    const usualKeys = keys.map(canonical);
    return { scope, id, keys: remapped[id] ?? usualKeys, usualKeys, label, run: () => undefined, isNamed: true };
  });
  // Before what is bound: of one id the last is the one that does something.
  bindings.value = [...named, ...bindings.peek()];
}

/** Binds several; answers what takes all of them back. */
export function bindAll(scope: Scope, all: readonly (readonly [id: string, keys: readonly string[], label: MessageKey, run: () => void])[]): () => void {
  const undo = all.map(([id, keys, label, run]) => bind(scope, id, keys, label, run));
  return () => undo.forEach((one) => one());
}

/** Binds keys that are named; what each does stands under its id. */
export function bindNamed<K extends readonly NamedKeys[]>(scope: Scope, keys: K, runs: Readonly<Record<K[number][0], () => void>>): () => void {
  return bindAll(scope, keys.map(([id, usual, label]) => [id, usual, label, runs[id as K[number][0]]] as const));
}

/** Other keys for some ids, of what is bound and will be; ids that are left out have their usual ones. */
export function remap(keys: Readonly<Record<string, readonly string[]>>): void {
  remapped = Object.fromEntries(Object.entries(keys).map(([id, list]) => [id, list.map(canonical)] as const));
  bindings.value = bindings.peek().map((one) => ({ ...one, keys: remapped[one.id] ?? one.usualKeys }));
}

/** Who writes is on a button of the window for a moment only: letters are none for the mail below. */
const composeWindow = "[data-scope=compose]";

/** Listens to the keyboard of the page. */
export function listenToKeys(target: { addEventListener(type: "keydown", listener: (event: KeyboardEvent) => void): void }): void {
  target.addEventListener("keydown", (event) => {
    if (press(event, event.target as Element | null)) event.preventDefault();
  });
}

function press(event: KeyboardEvent, target: Element | null): boolean {
  if (event.defaultPrevented || event.isComposing) return false;
  const name = nameOf(pressOf(event));
  if (name === undefined) return false;
  if ((isTyping(target) || target?.closest(`${composeWindow}:not(.is-minimised)`) != null) && !name.startsWith("Mod+") || isElsewhere(target, name) || isSwitchedOff(event, name)) {
    sequence.clear();
    return false;
  }
  const isInCompose = target?.closest(composeWindow) != null;
  const usable = bindings.peek().filter((one) => one.isNamed !== true && (one.scope !== "compose" || isInCompose));
  const keys = sequence.press(name, event.timeStamp, (pressed) => find(usable, pressed) !== undefined, (pressed) => usable.some((one) => one.keys.some((key) => key.startsWith(`${pressed} `))));
  if (keys === undefined) return false;
  if (keys !== "") find(usable, keys)?.run();
  return true;
}

function find(usable: readonly Binding[], keys: string): Binding | undefined {
  for (const scope of order) {
    const found = usable.findLast((one) => one.scope === scope && one.keys.includes(keys));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Who wants no shortcuts is not surprised by a letter; keys that type nothing (Enter, Escape, arrows) and those with Ctrl or ⌘ work as in any page. */
function isSwitchedOff(event: KeyboardEvent, name: string): boolean {
  return !settings.peek().shortcuts && event.key.length === 1 && !name.startsWith("Mod+");
}

/** Somebody writes there: a letter is a letter. A ticked box types nothing. */
export function isTyping(target: Element | null): boolean {
  if (target === null) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button", "submit"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || (target as HTMLElement).isContentEditable;
}

/** A dialog or a menu has the keyboard, or a button that Enter or Space presses. */
function isElsewhere(target: Element | null, name: string): boolean {
  if (document.querySelector("dialog[open]") !== null || target?.closest("[role=menu]") != null) return true;
  return (name === "Enter" || name === "Space") && target?.closest("button, a[href], summary, input") != null;
}

/** "Ctrl+k" and "Meta+k" as "Mod+k". */
function canonical(keys: string): string {
  return keys.replaceAll(/\b(Ctrl|Meta|Cmd)\+/g, "Mod+");
}
