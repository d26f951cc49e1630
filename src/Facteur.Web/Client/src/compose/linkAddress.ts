import { isAddress } from "./addresses";

/** What people type as the target of a link, as one that may be followed; null for anything else. */
export function linkAddress(typed: string): string | null {
  const text = typed.trim();
  if (text === "" || /\s/u.test(text)) return null;
  if (isAddress(text)) return `mailto:${text}`;
  if (/^mailto:/iu.test(text)) return isAddress(text.slice("mailto:".length).replace(/\?.*$/u, "")) ? text : null;
  if (/^tel:\+?[\d().-]+$/iu.test(text)) return text;
  try {
    const url = new URL(/^[a-z][a-z\d+.-]*:/iu.test(text) && !/^[\w.-]+:\d/u.test(text) ? text : `https://${text}`);
    return (url.protocol === "https:" || url.protocol === "http:") && (url.hostname.includes(".") || url.hostname === "localhost") ? url.href : null;
  } catch {
    return null;
  }
}
