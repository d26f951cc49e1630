import { openCompose } from "../compose/open";
import type { EmailHeader, Id } from "../jmap/types";
import { openMoreMenu } from "../list/commands";
import { bindUntil } from "../shortcuts/hold";
import { bindAll, bindNamed, nameKeys, type NamedKeys } from "../shortcuts/registry";
import type { MailStore } from "../store/mailStore";

const keys = [
  ["back", ["u", "Escape"], "keys.back"],
  ["next", ["j"], "keys.next"],
  ["previous", ["k"], "keys.previous"],
  ["nextMessage", ["n"], "message.next"],
  ["previousMessage", ["p"], "message.previous"],
  ["openMessage", ["o", "Enter"], "message.toggle"],
  ["reply", ["r"], "message.reply"],
  ["replyAll", ["a"], "message.replyAll"],
  ["forward", ["f"], "message.forward"],
  ["archive", ["e"], "list.archive"],
  ["remove", ["y"], "keys.remove"],
  ["delete", ["#", "Delete"], "list.delete"],
  ["junk", ["!"], "list.junk"],
  ["mute", ["m"], "list.mute"],
  ["star", ["s"], "list.star"],
  ["markRead", ["Shift+i"], "list.markRead"],
  ["markUnread", ["Shift+u"], "list.markUnread"],
  ["important", ["+", "="], "list.important"],
  ["notImportant", ["-"], "list.notImportant"],
  ["more", ["."], "list.more"],
  ["archivePrevious", ["["], "message.archivePrevious"],
  ["archiveNext", ["]"], "message.archiveNext"],
] as const satisfies readonly NamedKeys[];

// Shown, and to be changed, before one is open.
nameKeys("conversation", keys);

export interface ConversationKeys {
  readonly store: MailStore;
  readonly emails: readonly EmailHeader[];
  readonly currentId: Id | undefined;
  readonly onClose: () => void;
  readonly onNeighbour: (step: 1 | -1) => void;
  readonly toggle: (id: Id) => void;
  readonly focus: (id: Id) => void;
}

/** Before its messages are there one may go on or back; all other keys are about them, and wait. */
export function bindOpening({ onClose, onNeighbour }: Pick<ConversationKeys, "onClose" | "onNeighbour">, loaded: Promise<boolean>): () => void {
  const runs: Readonly<Record<string, () => void>> = { back: onClose, next: () => onNeighbour(1), previous: () => onNeighbour(-1) };
  const unbind = bindAll("conversation", keys.flatMap(([id, usual, label]) => (runs[id] === undefined ? [] : [[id, usual, label, runs[id]] as const])));
  const unwait = bindUntil(loaded, "conversation", keys.filter(([id]) => runs[id] === undefined));
  return () => {
    unbind();
    unwait();
  };
}

/** Keys of an open conversation (UX §4.7): answers and steps are about one message, the rest about all of them. */
export function bindConversation(view: ConversationKeys): () => void {
  const { store, emails, onClose, onNeighbour } = view;
  // Where the focus is counts at once, what is drawn a moment later: keys may come quicker than that.
  const current = () => document.activeElement?.closest<HTMLElement>(".message[data-email]")?.dataset["email"] ?? view.currentId;
  const ids = emails.map((email) => email.id);
  const { actions } = store;
  const withCurrent = (act: (id: Id) => void) => {
    const id = current();
    if (id !== undefined) act(id);
  };
  const step = (by: 1 | -1) => () => {
    const now = current();
    const next = emails[emails.findIndex((email) => email.id === now) + by];
    if (next !== undefined) view.focus(next.id);
  };
  const write = (kind: "reply" | "replyAll" | "forward") => () => {
    withCurrent((emailId) => openCompose({ kind, emailId }));
  };
  const leave = (act: (ids: readonly Id[]) => Promise<void>) => () => {
    void act(ids);
    onClose();
  };
  const archiveAnd = (by: 1 | -1) => () => {
    onNeighbour(by);
    void actions.archive(ids);
  };
  const isJunk = emails.some((email) => email.mailboxIds[store.mailboxOf("junk")?.id ?? ""] === true);
  const isStarred = emails.some((email) => email.keywords["$flagged"] === true);
  return bindNamed("conversation", keys, {
    back: onClose,
    next: () => onNeighbour(1),
    previous: () => onNeighbour(-1),
    nextMessage: step(1),
    previousMessage: step(-1),
    openMessage: () => withCurrent(view.toggle),
    reply: write("reply"),
    replyAll: write("replyAll"),
    forward: write("forward"),
    archive: leave(actions.archive),
    remove: leave(actions.archive),
    delete: leave(actions.trash),
    junk: leave(isJunk ? actions.notJunk : actions.junk),
    mute: leave((all) => actions.mute(all, true)),
    star: () => withCurrent((id) => void actions.star(isStarred ? ids : [id], !isStarred)),
    markRead: () => void actions.read(ids, true),
    markUnread: leave((all) => actions.read(all.slice(-1), false)),
    important: () => void actions.important(ids, true),
    notImportant: () => void actions.important(ids, false),
    more: openMoreMenu(".conversation-bar .more-menu > button"),
    archivePrevious: archiveAnd(-1),
    archiveNext: archiveAnd(1),
  });
}
