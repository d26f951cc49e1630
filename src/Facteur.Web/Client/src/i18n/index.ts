import { language, locale } from "./dates";
import type { EnglishTexts } from "./en";
import { fill, type Message, type Params } from "./texts";

export { formatListDate, language, locale } from "./dates";

export type MessageKey = keyof EnglishTexts;

const plural = new Intl.PluralRules(locale);
const number = new Intl.NumberFormat(locale);
let texts: Readonly<Record<string, Message>> = {};

/** Loads the texts of one language; nothing asks for a text before. */
export async function loadTexts(wanted: "fr" | "en" = language): Promise<void> {
  texts = (wanted === "fr" ? await import("./fr") : await import("./en")).default;
}

/** The text of a key, with values in its places. */
export function t(key: MessageKey, params: Params = {}): string {
  const message = texts[key];
  return message === undefined ? key : fill(message, params, plural, number);
}

export function formatNumber(value: number): string {
  return number.format(value);
}

const full = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });

export function formatFullDate(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? "" : full.format(at);
}

const sizes = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Octets in the largest unit that leaves a number of at least 1: "12 Mo", "12 MB". */
export function formatSize(octets: number): string {
  let [value, unit] = [octets, 0];
  while (value >= 1000 && unit < sizes.length - 1) [value, unit] = [value / 1000, unit + 1];
  const digits = unit > 1 && value < 10 ? 1 : 0;
  return new Intl.NumberFormat(locale, { style: "unit", unit: sizes[unit]!, unitDisplay: unit === 0 ? "long" : "short", maximumFractionDigits: digits }).format(value);
}
