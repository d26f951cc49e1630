import { t } from "../i18n";
import type { EmailHeader, GetAnswer, Id, QueryAnswer } from "../jmap/types";
import type { MailStore } from "../store/mailStore";
import { chosen } from "./choices";

const maxAtOnce = 3;

/** Tells of new mail while a page is open that nobody looks at. */
export class Notices {
  private since = utc(new Date());
  private readonly told = new Set<Id>();
  private asking = false;

  constructor(private readonly store: MailStore, private readonly registration: () => ServiceWorkerRegistration | undefined) {}

  begin(): void {
    this.store.onStates((changed) => { if ("Email" in changed) void this.look().catch(() => undefined); });
  }

  private async look(): Promise<void> {
    if (this.asking || !chosen("notices") || Notification.permission !== "granted") return;
    const inbox = this.store.mailboxOf("inbox");
    if (inbox === undefined) return;
    // What came in while somebody was looking has been seen.
    if (document.visibilityState === "visible" && document.hasFocus()) return void (this.since = utc(new Date()));
    this.asking = true;
    try {
      const [, { list }] = (await this.store.client.together([
        ["Email/query", { filter: { inMailbox: inbox.id, notKeyword: "$seen", after: this.since }, sort: [{ property: "receivedAt", isAscending: false }], limit: maxAtOnce }, "query"],
        ["Email/get", { "#ids": { resultOf: "query", name: "Email/query", path: "/ids" }, properties: ["id", "threadId", "from", "subject"] }, "emails"],
      ])) as [QueryAnswer, GetAnswer<EmailHeader>];
      for (const email of list) if (!this.told.has(email.id)) await this.tell(email);
    } finally {
      this.asking = false;
    }
  }

  private async tell(email: EmailHeader): Promise<void> {
    this.told.add(email.id);
    const sender = email.from?.[0];
    // The same as the worker shows for a push: one tag, so that of both only one is seen.
    await this.registration()?.showNotification(sender?.name || sender?.email || t("list.noSender"), {
      body: email.subject || t("list.noSubject"), tag: email.id, data: { hash: `#/inbox/t/${encodeURIComponent(email.threadId)}` },
    });
  }
}

function utc(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, "Z");
}
