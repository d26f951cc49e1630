import { effect } from "@preact/signals";
import { composeHash, openCompose } from "../compose/open";
import { settings } from "../settings/settings";
import { bindAll, remap } from "../shortcuts/registry";
import type { MailStore } from "../store/mailStore";
import { go } from "./router";

/** Keys that work everywhere, and keys as somebody chose them. Those of searching, labels and snoozing come with their modules. */
export function bindGlobalKeys(store: MailStore, showHelp: () => void): () => void {
  const toMailbox = (role: "sent" | "drafts") => () => {
    const mailbox = store.mailboxOf(role);
    if (mailbox !== undefined) go({ kind: "mailbox", mailboxId: mailbox.id });
  };
  const follow = effect(() => remap(settings.value.keys));
  const unbind = bindAll("global", [
    ["help", ["?"], "keys.help", showHelp],
    ["compose", ["c"], "keys.compose", () => openCompose({ kind: "new" })],
    ["composeApart", ["d"], "keys.composeApart", () => void open(`${location.pathname}${composeHash}`, "_blank", "noopener")],
    ["search", ["/"], "keys.search", () => document.querySelector<HTMLElement>("[data-search]")?.focus()],
    ["undo", ["z", "Mod+z"], "keys.undo", () => void store.undo.undoLast()],
    ["goInbox", ["g i"], "keys.goInbox", () => go({ kind: "inbox" })],
    ["goStarred", ["g s"], "keys.goStarred", () => go({ kind: "starred" })],
    ["goSent", ["g t"], "keys.goSent", toMailbox("sent")],
    ["goDrafts", ["g d"], "keys.goDrafts", toMailbox("drafts")],
    ["goAll", ["g a"], "keys.goAll", () => go({ kind: "all" })],
  ]);
  return () => {
    follow();
    unbind();
  };
}
