import { KeysAhead } from "./ahead";
import { giveKey } from "./give";
import { nameOf, pressOf } from "./keys";
import { bindAll, bound, isTyping, type NamedKeys, type Scope } from "./registry";

let isGiven = false;

const ahead = new KeysAhead({
  take(isTaken) {
    const change = isTaken ? addEventListener : removeEventListener;
    change("keydown", onKeyDown as EventListener, true);
    change("pointerdown", onPointerDown, true);
  },
  isOpen: () => isTyping(document.activeElement) || document.activeElement?.closest("dialog, [role=dialog], [role=menu]") != null,
  give(key) {
    isGiven = true;
    giveKey(key);
    isGiven = false;
  },
  // A task of its own: what a key caused is drawn at the end of the task it came in.
  drawn: () => new Promise((resolve) => setTimeout(resolve)),
  now: () => performance.now(),
});

/**
 * Something opens in which one types: as long as its code or what it shows is still loading, keys are held for it, so that no letter of a name becomes a command to the list.
 * @param opening settled once it is drawn, or in the next drawing; rejected, or false, where it does not open
 */
export function holdKeys(opening: Promise<unknown>): void {
  void ahead.hold(opening);
}

/**
 * Binds keys whose meaning is still to come: pressed before, they wait for it, and so does what is typed behind.
 * @param ready once they are bound to what they are for; rejected, or false, where they will not be
 */
export function bindUntil(ready: Promise<unknown>, scope: Scope, keys: readonly NamedKeys[]): () => void {
  const run = (id: string): boolean => {
    const binding = bound.peek().findLast((one) => one.scope === scope && one.id === id && one.isNamed !== true);
    binding?.run();
    return binding !== undefined;
  };
  const unbind = bindAll(scope, keys.map(([id, usual, label]) => [id, usual, label, () => holdKeys(ready.then((isReady) => isReady !== false && run(id)))] as const));
  ready.then(unbind, unbind);
  return unbind;
}

function onKeyDown(event: KeyboardEvent): void {
  if (isGiven || event.isComposing) return;
  const press = pressOf(event);
  const name = nameOf(press);
  if (name === undefined || isOfBrowser(name) || !ahead.press(press)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** A new tab, going back, loading again: nothing that anybody types ahead. */
function isOfBrowser(name: string): boolean {
  return name.startsWith("Alt+") || /^F\d+$/u.test(name) || (name.startsWith("Mod+") && !bound.peek().some((one) => one.keys.includes(name)));
}

function onPointerDown(): void {
  ahead.leave();
}
