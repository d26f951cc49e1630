import { bindUntil } from "../shortcuts/hold";
import type { NamedKeys } from "../shortcuts/registry";
import type { MailStore } from "../store/mailStore";

/** A part that begins by itself once the first list is shown. */
interface Part {
  readonly start: (store: MailStore) => void;
}

/** Parts that nothing on the first screen needs, in the order in which they are loaded; each is a chunk of its own. */
const parts: readonly (() => Promise<Part>)[] = [
  () => import("../settings/start"),
  () => import("../compose/start"),
  () => import("../search/start"),
  () => import("../labels/start"),
  () => import("../snooze/start"),
  () => import("../palette/start"),
  () => import("../offline/start"),
];

/** Keys that the parts bring. */
const coming: readonly NamedKeys[] = [
  ["palette", ["Mod+k"], "palette.open"],
  ["move", ["v"], "labels.move"],
  ["label", ["l"], "labels.label"],
  ["goLabel", ["g l"], "labels.go"],
  ["snooze", ["b"], "snooze.action"],
  ["goSnoozed", ["g b"], "snooze.go"],
];

let isBegun = false;
let allBegun: (all: Promise<void>) => void;
const begun = new Promise<void>((resolve) => (allBegun = resolve));
// Told to whoever began them.
begun.catch(() => undefined);

/** Binds the keys of parts that are still to come. */
export function bindComing(): () => void {
  return bindUntil(begun, "global", coming);
}

/** Loads them one after the other, so that what somebody clicks meanwhile comes first. */
export async function beginParts(store: MailStore): Promise<void> {
  if (!isBegun) allBegun(beginAll(store));
  isBegun = true;
  await begun;
}

async function beginAll(store: MailStore): Promise<void> {
  for (const load of parts) {
    const part = await untilLoaded(load);
    part.start(store);
  }
  // For whoever looks from outside: all keys are bound.
  document.getElementById("mail")?.setAttribute("data-begun", "");
}

/** Without a connection nothing can be loaded: then again once there is one. */
async function untilLoaded<T>(load: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await load();
    } catch (error) {
      if (navigator.onLine) throw error;
      await new Promise((resolve) => addEventListener("online", resolve, { once: true }));
    }
  }
}
