import { effect, type ReadonlySignal } from "@preact/signals";
import { route } from "../app/router";
import type { Id } from "../jmap/types";
import type { ListController } from "../list/controller";
import type { MailStore } from "../store/mailStore";

/** How long somebody stays with a row that may be opened next, in milliseconds. */
const rest = 60;

/** What gets messages before they are asked for, once its code is there. */
interface Ahead {
  loadAhead(store: MailStore, threadId: Id | undefined): void;
}

/** Has the messages loaded that are likely to be opened next: of the row that is pointed at, or has the focus, or comes after the conversation that is open. Answers what ends that. */
export function aheadOf(store: MailStore, list: ListController, code: ReadonlySignal<Ahead | undefined>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = effect(() => {
    const [ahead, pointed, focused, open] = [code.value, list.pointed.value, list.focused.value, route.value.threadId];
    clearTimeout(timer);
    if (ahead === undefined) return;
    timer = setTimeout(() => {
      const next = pointed ?? (open === undefined ? focused : list.afterFocused());
      const threadId = next === undefined ? undefined : store.threadOf(next);
      ahead.loadAhead(store, threadId === open ? undefined : threadId);
    }, rest);
  });
  return () => {
    end();
    clearTimeout(timer);
  };
}
