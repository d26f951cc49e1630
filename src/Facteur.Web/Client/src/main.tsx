import { render } from "preact";
import { App } from "./app/App";
import { beginLook } from "./app/look";
import { inboxKey } from "./app/places";
import { route } from "./app/router";
import { loadTexts, t } from "./i18n";
import { BroughtAnswers } from "./jmap/brought";
import { Capability, JmapClient, SignedOutError } from "./jmap/client";
import type { Session } from "./jmap/types";
import { hasKept, keepsMail } from "./offline/choices";
import { beginSettings } from "./settings/settings";
import { listenToKeys } from "./shortcuts/registry";
import { MailStore } from "./store/mailStore";
import { reasonOf } from "./store/reasons";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/app.css";

const root = document.getElementById("mail")!;

let isLeaving = false;

/** To the sign-in, and back to where we are. Whoever asks second would only break off the first. */
function signIn(): void {
  if (isLeaving) return;
  isLeaving = true;
  location.assign(`/signin?next=${encodeURIComponent(location.pathname + location.hash)}`);
}

async function boot(): Promise<void> {
  const session = root.dataset["session"] ? (JSON.parse(root.dataset["session"]) as Session) : undefined;
  beginSettings(session?.primaryAccounts[Capability.mail] ?? "", root.dataset["settings"]);
  beginLook();
  const brought = document.getElementById("brought");
  brought?.remove();
  const [client] = await Promise.all([JmapClient.open(session, new BroughtAnswers(brought?.textContent)), loadTexts()]);
  const openKept = () => import("./offline/boot").then((boot) => boot.openKept(client)).catch(() => undefined);
  const isKept = keepsMail() && hasKept(client.accountId);
  // Mail that this browser keeps is shown before the server is asked.
  if (isKept) await openKept();
  const store = new MailStore(client, signIn);
  // The inbox is asked for before its name is known, since that is what nearly everybody sees first.
  const inbox = root.dataset["inbox"];
  if (inbox && route.peek().kind === "inbox") store.show({ key: inboxKey, filter: { inMailbox: inbox }, mailboxId: inbox });
  await store.begin();
  // Where none is kept yet, what will keep it is nothing that the first list waits for.
  if (!isKept && keepsMail()) void openKept();
  client.brought?.forget();
  listenToKeys(document);
  root.replaceChildren();
  render(<App store={store} />, root);
}

function failed(error: unknown): void {
  if (error instanceof SignedOutError) return signIn();
  root.replaceChildren();
  render(
    <div class="failed" role="alert">
      <p>{t("app.failed", { why: reasonOf(error) })}</p>
      <button type="button" class="button is-main" onClick={() => location.reload()}>{t("app.retry")}</button>
    </div>,
    root,
  );
}

boot().catch(async (error: unknown) => {
  await loadTexts().catch(() => undefined);
  failed(error);
});
