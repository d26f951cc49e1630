import { signal, type ReadonlySignal } from "@preact/signals";
import { holdKeys } from "../shortcuts/hold";
import { h, type ComponentChild, type ComponentType } from "preact";

const shown = signal<ComponentChild>(undefined);

/** The dialog that is open over the conversation, if any. */
export const dialog: ReadonlySignal<ComponentChild> = shown;

/** Opens a dialog whose code comes when it is asked for. */
export function lazyDialog<P extends object>(load: () => Promise<{ readonly default: ComponentType<P & { readonly onClose: () => void }> }>, props: P): void {
  holdKeys(load().then((module) => {
    shown.value = h(module.default as ComponentType<object>, { ...props, onClose: () => (shown.value = undefined) });
  }));
}
