import { computed, effect } from "@preact/signals";
import { h } from "preact";
import { OnDemand } from "../app/onDemand";
import { showOverlay } from "../app/overlay";
import { formatRoute, route } from "../app/router";
import { showToast } from "../app/toast";
import { t } from "../i18n";
import { TransportError, type JmapClient } from "../jmap/client";
import { settings } from "../settings/settings";
import type { MailStore } from "../store/mailStore";
import { reasonOfSet } from "../store/reasons";
import { closeKept, openKept } from "./boot";
import { chosen, noteKept } from "./choices";
import { deleteKept, keptNames } from "./db";
import { Mirror } from "./mirror";
import { Notices } from "./notices";
import { subscribe } from "./push";
import { Rounds } from "./rounds";
import { registerWorker } from "./updates";

const pause = 1_500;
/** The address that signs out (Assets/Files/signout.js). */
const signOutHash = "#/signout";

let registration: ServiceWorkerRegistration | undefined;

let stop: () => void = () => undefined;
let turn: Promise<void> = Promise.resolve();

/** Once the first list is shown: keeps mail for when there is no line, registers the worker, tells of new mail. */
export function start(store: MailStore): void {
  const isWanted = computed(() => settings.value.offlineDays > 0 && chosen("offline"));
  if (typeof indexedDB !== "undefined") {
    effect(() => {
      const next = isWanted.value ? () => keep(store) : () => drop(store.client);
      turn = turn.then(next).catch(() => undefined);
    });
  }
  void beginWorker(store).catch(() => undefined);
  // A page of settings asks for it: here is what may have to be saved before.
  if (location.hash !== signOutHash) return;
  history.replaceState(null, "", formatRoute(route.peek()));
  void import("./signingOut").then(({ signOut }) => signOut(store)).catch(() => undefined);
}

async function keep(store: MailStore): Promise<void> {
  const { kept, relay } = await openKept(store.client);
  noteKept(store.client.accountId);
  const mirror = new Mirror(store.client, kept, () => settings.peek().offlineDays);
  relay.isFirst = false;
  relay.onOffline = () => store.failed(new TransportError(0, "offline"));
  relay.tellSent((count, refused) => {
    if (refused.ids.length === 0) return void showToast({ text: t("offline.sent", { count }) });
    showToast({ text: t("offline.refused", { count: refused.ids.length, why: reasonOfSet({ type: refused.types[0] ?? "serverFail" }) }), seconds: 0 });
    void store.correct(refused.ids).then(() => mirror.correct(refused.ids)).catch(() => undefined);
  });
  // What fails here is said where it is shown; keeping goes on by itself.
  await store.refresh().catch(() => undefined);
  await deleteKept(store.client.accountId).catch(() => undefined);
  const rounds = new Rounds(() => mirror.run(), pause);
  const follow = () => rounds.soon();
  const ends = [store.onStates(follow), effect(() => { if (settings.value.offlineDays > 0) follow(); }), () => rounds.end()];
  stop = () => ends.forEach((end) => end());
}

/** The owner wants nothing kept any more, here or at another computer: what waits to be sent goes first. */
async function drop(client: JmapClient): Promise<void> {
  stop();
  stop = () => undefined;
  if ((await keptNames()).length === 0) return;
  const { kept, relay } = await openKept(client);
  relay.isFirst = false;
  await client.call("Core/echo", {});
  // Without a line it stays for the next page.
  if ((await relay.count()) > 0) return;
  closeKept(client, kept);
  await deleteKept();
}

async function beginWorker(store: MailStore): Promise<void> {
  const build = document.getElementById("mail")?.dataset["build"];
  if (build === undefined) return;
  new Notices(store, () => registration).begin();
  registration = await registerWorker(build);
  if (registration !== undefined && chosen("notices") && Notification.permission === "granted") await subscribe(store.client, registration);
}

const awayDialog = new OnDemand(() => import("./AwayDialog"));

/** Where notifications and keeping mail are switched. */
export function openAway(store: MailStore): void {
  awayDialog.use(({ default: AwayDialog }) => showOverlay((close) => h(AwayDialog, { store, registration, onClose: close })));
}
