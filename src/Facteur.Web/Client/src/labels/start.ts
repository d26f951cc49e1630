import { h } from "preact";
import { OnDemand } from "../app/onDemand";
import { showOverlay } from "../app/overlay";
import { go } from "../app/router";
import { addConversationAction } from "../app/slots";
import { bindAll } from "../shortcuts/registry";
import type { MailStore } from "../store/mailStore";
import { currentTargets, type Targets } from "../store/targets";
import type { PickKind } from "./LabelPicker";

const picker = new OnDemand(() => import("./LabelPicker"));

/** Keys and buttons for labels. */
export function start(store: MailStore): void {
  picker.ahead();
  const pick = (kind: "move" | "label") => (targets: Targets) => openPicker(store, kind, targets);
  const onCurrent = (run: (targets: Targets) => void) => () => {
    const targets = currentTargets();
    if (targets !== undefined) run(targets);
  };
  addConversationAction({ id: "move", label: "labels.move", icon: "folder", shortcut: "v", isMain: true, run: pick("move") });
  addConversationAction({ id: "label", label: "labels.label", icon: "label", shortcut: "l", isMain: true, run: pick("label") });
  bindAll("global", [
    ["move", ["v"], "labels.move", onCurrent(pick("move"))],
    ["label", ["l"], "labels.label", onCurrent(pick("label"))],
    ["goLabel", ["g l"], "labels.go", () => openPicker(store, "go")],
  ]);
}

export function openPicker(store: MailStore, kind: PickKind, targets?: Targets): void {
  picker.use(({ default: LabelPicker }) => showOverlay((close) => h(LabelPicker, {
    store, kind, targets, onClose: close,
    onGo: (id) => go(store.mailbox(id)?.role === "inbox" ? { kind: "inbox" } : { kind: "mailbox", mailboxId: id }),
  })));
}
