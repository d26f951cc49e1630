import { h } from "preact";
import { OnDemand } from "../app/onDemand";
import { showOverlay } from "../app/overlay";
import { go, route } from "../app/router";
import { addConversationAction } from "../app/slots";
import { Capability } from "../jmap/client";
import { bindAll } from "../shortcuts/registry";
import type { MailStore } from "../store/mailStore";
import { currentTargets, type Targets } from "../store/targets";
import type SnoozeDialogType from "./SnoozeDialog";
import type * as Snoozing from "./snoozing";

const dialog = new OnDemand(() => Promise.all([import("./SnoozeDialog"), import("./snoozing")]));

/** Keys and buttons for what comes back later. */
export function start(store: MailStore): void {
  if (!store.client.has(Capability.facteurSnooze)) return;
  dialog.ahead();
  const run = (targets: Targets) => dialog.use(([{ default: SnoozeDialog }, snoozing]) => open(store, targets, SnoozeDialog, snoozing));
  addConversationAction({ id: "snooze", label: "snooze.action", icon: "clock", shortcut: "b", isMain: true, isOnRows: true, run });
  bindAll("global", [
    ["snooze", ["b"], "snooze.action", () => { const targets = currentTargets(); if (targets !== undefined) run(targets); }],
    ["goSnoozed", ["g b"], "snooze.go", () => go({ kind: "snoozed" })],
  ]);
}

function open(store: MailStore, targets: Targets, SnoozeDialog: typeof SnoozeDialogType, { snooze, snoozeQuery }: typeof Snoozing): void {
  const capability = store.client.session.accounts[store.client.accountId]?.accountCapabilities[Capability.facteurSnooze];
  const snoozed = store.mailboxOf("snoozed")?.id;
  showOverlay((close) => h(SnoozeDialog, {
    maxDelay: Number(capability?.["maxDelay"] ?? 31_536_000), onClose: close,
    isSnoozed: route.peek().kind === "snoozed" || (snoozed !== undefined && targets.emailIds.some((id) => store.email(id)?.mailboxIds[snoozed] === true)),
    onChoose: (until) => {
      targets.done();
      if (targets.query !== undefined) void snoozeQuery(store, targets.query, until);
      else void snooze(store, targets.emailIds, until);
    },
  }));
}
