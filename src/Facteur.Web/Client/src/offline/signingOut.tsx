// Signing out forgets all that this browser keeps. What is nowhere else is brought up before; where that cannot be, somebody decides.
import "../styles/offline.css";
import { h } from "preact";
import { Dialog } from "../app/Dialog";
import { showOverlay } from "../app/overlay";
import { showToast } from "../app/toast";
import { dock } from "../compose/open";
import { unsentOf, type Unsent } from "../compose/unsent";
import { t } from "../i18n";
import { request, sessionUrl, SignedOutError, TransportError } from "../jmap/client";
import type { MailStore } from "../store/mailStore";
import { openKept } from "./boot";
import { keptNames } from "./db";
import { wipe } from "./wipe";

const patience = 15_000;
const maxShown = 8;

export interface Left {
  readonly messages: readonly Unsent[];
  /** Changes of emails that wait for the connection. */
  readonly changes: number;
}

export async function signOut(store: MailStore): Promise<void> {
  const close = showToast({ text: t("offline.bringingUp"), seconds: 0 });
  try {
    // Without the server nobody is signed out: what is kept stays then.
    if (!(await isReached())) return void showToast({ text: t("offline.signOutLater") });
    const left = await leftHere(store);
    if (left.messages.length + left.changes === 0) await leave(store);
    else showOverlay((shut) => h(SignOutDialog, { left, onClose: shut, onLeave: () => { shut(); void leave(store); } }));
  } finally {
    close();
  }
}

async function isReached(): Promise<boolean> {
  try {
    await request(sessionUrl, {});
    return true;
  } catch (error) {
    return error instanceof SignedOutError || (error instanceof TransportError && error.status !== 0);
  }
}

async function leftHere({ client }: MailStore): Promise<Left> {
  const messages = await unsentOf(client, patience);
  // Any call sends first what waits.
  await client.call("Core/echo", {}).catch(() => undefined);
  const changes = (await keptNames().catch(() => [])).length > 0 ? await openKept(client).then(({ relay }) => relay.count(), () => 0) : 0;
  return { messages, changes };
}

/** By the form that the page came with: it has the token that proves the page is ours. */
async function leave({ client }: MailStore): Promise<void> {
  await dock.abandon?.().catch(() => undefined);
  await wipe(client).catch(() => undefined);
  const form = document.querySelector<HTMLFormElement>("form[action='/signout']");
  if (form !== null) form.submit();
  else location.assign("/signout");
}

interface SignOutProps {
  readonly left: Left;
  readonly onClose: () => void;
  readonly onLeave: () => void;
}

/** What would be lost, by its subject. Staying is what Enter and Escape do. */
function SignOutDialog({ left, onClose, onLeave }: SignOutProps) {
  const { messages, changes } = left;
  return (
    <Dialog title={t("offline.signOutTitle")} onClose={onClose}>
      <p>{t("offline.signOutLoses")}</p>
      <ul class="unsent">
        {messages.slice(0, maxShown).map((one, at) => <li key={at}>{t(one.kind === "draft" ? "offline.leftDraft" : "offline.leftOutgoing", { subject: one.subject || t("list.noSubject") })}</li>)}
        {messages.length > maxShown && <li>{t("offline.leftMore", { count: messages.length - maxShown })}</li>}
        {changes > 0 && <li>{t("offline.leftChanges", { count: changes })}</li>}
      </ul>
      <div class="dialog-buttons">
        <button type="button" class="button is-danger" onClick={onLeave}>{t("offline.signOutAnyway")}</button>
        <button type="button" class="button is-main" autofocus onClick={onClose}>{t("offline.stay")}</button>
      </div>
    </Dialog>
  );
}
