import type { FullEmail } from "../conversation/loading";
import { contentTypeField, type BodyPart } from "../jmap/types";
import { flowOf, unflow } from "./flowed";

/** What to show of a message, in the order of its parts (RFC 8621 §4.1.4). */
export type Body =
  | { readonly kind: "html"; readonly parts: readonly string[]; readonly isTruncated: boolean }
  | { readonly kind: "text"; readonly text: string; readonly isTruncated: boolean };

export function bodyOf(email: Pick<FullEmail, "htmlBody" | "textBody" | "bodyValues">): Body {
  const valueOf = (part: BodyPart) => {
    const value = part.partId === null ? undefined : email.bodyValues[part.partId];
    return value && { ...value, value: textOf(part, value.value) };
  };
  const isHtml = email.htmlBody.some((part) => part.type === "text/html");
  const parts = (isHtml ? email.htmlBody : email.textBody).map((part) => ({ part, value: valueOf(part) })).filter((one) => one.value !== undefined);
  const isTruncated = parts.some((one) => one.value!.isTruncated);
  if (!isHtml) return { kind: "text", text: parts.map((one) => one.value!.value).join("\n\n"), isTruncated };
  // Plain text among HTML (the footer of a list) goes into the same frame, as text.
  return { kind: "html", parts: parts.map(({ part, value }) => (part.type === "text/html" ? value!.value : `<pre>${escapeText(value!.value)}</pre>`)), isTruncated };
}

/** The text of a part, with a paragraph a line where it flows. */
export function textOf(part: BodyPart, value: string): string {
  const flowing = flowOf(part[contentTypeField]);
  return flowing === undefined ? value : unflow(value, flowing.delSp);
}

function escapeText(text: string): string {
  return text.replace(/&/gu, "&amp;").replace(/</gu, "&lt;").replace(/>/gu, "&gt;");
}
