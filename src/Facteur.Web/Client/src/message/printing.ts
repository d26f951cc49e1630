import { formatFullDate, t } from "../i18n";
import { loadEmails, loadedEmail, type FullEmail } from "../conversation/loading";
import { recipientsOf } from "../conversation/people";
import type { MailStore } from "../store/mailStore";
import type { Id } from "../jmap/types";
import { bodyOf } from "./bodies";
import { fillFrame, frameAddress, frameSandbox, windowOf } from "./frame";
import { nameOf, plainName, shownAddress } from "./names";

/** Prints messages out of a frame of their own: pages break where the browser breaks them, and nothing of the page is on them. */
export async function printEmails(store: MailStore, ids: readonly Id[]): Promise<void> {
  await loadEmails(store.client, ids);
  const emails = ids.map(loadedEmail).filter((email) => email !== undefined);
  if (emails.length === 0) return;
  const frame = document.createElement("iframe");
  frame.className = "print-frame";
  frame.title = t("message.print");
  frame.setAttribute("sandbox", `${frameSandbox} allow-modals`);
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve, { once: true }));
  frame.src = frameAddress;
  document.body.append(frame);
  await loaded;
  const inside = windowOf(frame);
  if (inside === undefined) return frame.remove();
  inside.addEventListener("afterprint", () => setTimeout(() => frame.remove(), 0));
  inside.document.title = plainName(emails[0]!.subject ?? "") || t("list.noSubject");
  fill(inside, emails);
  inside.focus();
  inside.print();
}

function fill(inside: Window & typeof globalThis, emails: readonly FullEmail[]): void {
  const root = inside.document.getElementById("facteur-body")!;
  const messages: Node[] = [];
  for (const email of emails) {
    const body = bodyOf(email);
    const parts = body.kind === "html" ? body.parts : [];
    fillFrame(inside, parts, { quoted: t("message.quoted"), leadsTo: (host) => t("message.leadsTo", { host }) });
    for (const details of root.querySelectorAll("details")) details.open = true;
    messages.push(headOf(inside.document, email), ...(body.kind === "text" ? [textOf(inside.document, body.text)] : [...root.childNodes]));
  }
  root.replaceChildren(...messages);
}

function headOf(content: Document, email: FullEmail): Node {
  const head = content.createElement("div");
  head.style.setProperty("border-bottom", "1px solid #999");
  head.style.setProperty("margin", "1.5em 0 1em");
  head.style.setProperty("padding-bottom", "0.6em");
  const lines: readonly (readonly [string, string])[] = [
    ["", plainName(email.subject ?? "") || t("list.noSubject")], [t("message.from"), (email.from ?? []).map((one) => `${nameOf(one)} <${shownAddress(one.email)}>`).join(", ")],
    [t("message.to"), recipientsOf(email).map((one) => `${nameOf(one)} <${shownAddress(one.email)}>`).join(", ")], [t("original.date"), formatFullDate(email.sentAt ?? email.receivedAt)],
  ];
  lines.forEach(([label, value], index) => {
    const line = content.createElement(index === 0 ? "h2" : "div");
    line.textContent = label === "" ? value : `${label} ${value}`;
    head.append(line);
  });
  return head;
}

function textOf(content: Document, text: string): Node {
  const pre = content.createElement("pre");
  pre.textContent = text;
  return pre;
}
