// What an answer or a forward repeats of the message: who wrote it, when, and what. Built of parts that are clean already or escaped here.
import type { Email, EmailAddress } from "../jmap/types";
import { formatAddress } from "./addresses";
import { escapeHtml, textToHtml } from "./plainText";

/** The words around what is repeated, in the writer's language. */
export interface QuoteWords {
  attribution(name: string, date: string): string;
  readonly forwarded: string;
  readonly from: string;
  readonly date: string;
  readonly subject: string;
  readonly to: string;
  readonly cc: string;
  formatDate(iso: string): string;
}

export type Quoted = Pick<Email, "from" | "to" | "cc" | "subject" | "sentAt" | "receivedAt">;

/** Both forms of a text: what the rich editor shows and what plain text says. */
export interface TwoForms {
  readonly html: string;
  readonly text: string;
}

export function attributionOf(email: Quoted, words: QuoteWords): string {
  const sender = email.from?.[0];
  const name = sender === undefined ? "" : sender.name ? `${sender.name} <${sender.email}>` : sender.email;
  return words.attribution(name, words.formatDate(email.sentAt ?? email.receivedAt));
}

/** @param body of the message; its HTML sanitised. */
export function quoteReply(email: Quoted, body: TwoForms, words: QuoteWords): TwoForms {
  const attribution = attributionOf(email, words);
  return {
    html: `<div class="facteur_quote"><div>${escapeHtml(attribution)}</div><blockquote type="cite">${body.html}</blockquote></div>`,
    text: `${attribution}\n${quoteText(body.text)}`,
  };
}

export function quoteForward(email: Quoted, body: TwoForms, words: QuoteWords): TwoForms {
  const lines = forwardLines(email, words);
  const mark = `---------- ${words.forwarded} ----------`;
  return {
    html: `<div class="facteur_quote"><div>${escapeHtml(mark)}</div>${lines.map(([name, value]) => `<div><b>${escapeHtml(name)}</b> ${escapeHtml(value)}</div>`).join("")}<div><br></div>${body.html}</div>`,
    text: `${mark}\n${lines.map(([name, value]) => `${name} ${value}`).join("\n")}\n\n${body.text}`,
  };
}

function forwardLines(email: Quoted, words: QuoteWords): (readonly [string, string])[] {
  const list = (addresses: readonly EmailAddress[] | null): string => (addresses ?? []).map(formatAddress).join(", ");
  const lines: (readonly [string, string])[] = [
    [words.from, list(email.from)], [words.date, words.formatDate(email.sentAt ?? email.receivedAt)], [words.subject, email.subject ?? ""],
    [words.to, list(email.to)], [words.cc, list(email.cc)],
  ];
  return lines.filter(([, value]) => value !== "");
}

/** RFC 3676 §4.5: quote marks stand together, and a space before what is quoted first. */
export function quoteText(text: string): string {
  return text.replace(/\s+$/u, "").split(/\r?\n/u).map((line) => (line === "" ? ">" : line.startsWith(">") ? `>${line}` : `> ${line}`)).join("\n");
}

/** A signature behind its mark (RFC 3676 §4.3). */
export function signatureForms(signature: TwoForms): TwoForms | null {
  const text = signature.text.trim();
  if (text === "" && signature.html.trim() === "") return null;
  const html = signature.html.trim() === "" ? textToHtml(signature.text.trim()) : signature.html;
  return { html: `<div class="facteur_signature"><div>-- </div>${html}</div>`, text: `-- \n${text}` };
}

/** What a window begins with: room to write, the signature, then what is repeated. */
export function opening(signature: TwoForms | null, quote: TwoForms | null, written: TwoForms | null = null): TwoForms {
  const parts = [signature, quote].filter((part) => part !== null);
  const room = written ?? { html: "<div><br></div>", text: "" };
  return {
    html: room.html + parts.map((part) => `<div><br></div>${part.html}`).join(""),
    text: [room.text, ...parts.map((part) => part.text)].join("\n\n"),
  };
}

/** Puts another signature where the former one is; what somebody changed of it stays. */
export function swapSignature(text: string, before: TwoForms | null, after: TwoForms | null): string {
  const at = before === null ? -1 : text.indexOf(before.text);
  const end = at + (before?.text.length ?? 0);
  if (at >= 0 && (end === text.length || text[end] === "\n")) return text.slice(0, at) + (after?.text ?? "") + text.slice(end);
  if (before !== null || after === null) return text;
  const quote = /\n[^\n]*:\n>/u.exec(text)?.index ?? text.search(/\n-{5,} \S/u);
  return quote < 0 ? `${text.replace(/\s+$/u, "")}\n\n${after.text}` : `${text.slice(0, quote).replace(/\s+$/u, "")}\n\n${after.text}\n${text.slice(quote)}`;
}
