import { showToast } from "../app/toast";
import { openCompose } from "../compose/open";
import { t } from "../i18n";
import { request } from "../jmap/client";
import type { Id } from "../jmap/types";
import type { Unsubscribing } from "./banner";

/** Leaves a list: at once where it offers that (RFC 8058), else by a page or a message of its own. True when it is done. */
export async function leaveList(accountId: Id, emailId: Id, how: Unsubscribing): Promise<boolean> {
  if (!how.oneClick) {
    elsewhere(how);
    return false;
  }
  const result = await unsubscribe(accountId, emailId).catch(() => "failed");
  if (result === "done") showToast({ text: t("banner.unsubscribed") });
  else if (how.web !== undefined || how.mail !== undefined) showToast({ text: t("banner.unsubscribeFailed"), action: { label: t("banner.unsubscribeElsewhere"), run: () => elsewhere(how) } });
  return result === "done";
}

function elsewhere({ web, mail }: Unsubscribing): void {
  if (web !== undefined) window.open(web, "_blank", "noopener,noreferrer");
  else if (mail !== undefined) openCompose({ kind: "new", to: [{ name: null, email: mail.to }], subject: mail.subject || "unsubscribe", text: mail.text });
}

async function unsubscribe(accountId: Id, emailId: Id): Promise<string> {
  const answer = await request("/mail/unsubscribe", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ accountId, emailId }) });
  return ((await answer.json()) as { readonly result: string }).result;
}
