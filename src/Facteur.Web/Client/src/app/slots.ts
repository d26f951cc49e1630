import { signal, type ReadonlySignal } from "@preact/signals";
import type { ComponentType } from "preact";
import type { MessageKey } from "../i18n";
import type { MailStore } from "../store/mailStore";
import type { Id } from "../jmap/types";
import type { Targets } from "../store/targets";
import type { IconName } from "./icons";
import type { Run } from "./Runs";

/** An action on conversations that another module brings: in the bar over the list and in the menu of more actions. */
export interface ConversationAction {
  readonly id: string;
  readonly label: MessageKey;
  readonly icon: IconName;
  readonly shortcut?: string;
  /** In the bar itself, not in its menu. */
  readonly isMain?: boolean;
  /** On each row, below the pointer. */
  readonly isOnRows?: boolean;
  readonly run: (targets: Targets) => void;
}

const actions = signal<readonly ConversationAction[]>([]);

export const conversationActions: ReadonlySignal<readonly ConversationAction[]> = actions;

export function addConversationAction(action: ConversationAction): void {
  actions.value = [...actions.peek().filter((one) => one.id !== action.id), action];
}

/** What stands between the bar and the rows; the module of searches brings it. */
export const listBanner = signal<ComponentType<{ readonly store: MailStore }> | undefined>(undefined);

/** Where in an email a search found what it looked for. */
export interface Snippet {
  readonly subject?: readonly Run[];
  readonly preview?: readonly Run[];
}

/** Of the rows of a search, by the email that stands for each; and the words that are marked in messages opened out of it. The module of searches brings both. */
export const snippets = signal<ReadonlyMap<Id, Snippet>>(new Map());
export const foundWords = signal<readonly string[]>([]);
