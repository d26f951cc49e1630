/** Of the page, as the server chose it: the account's, else the browser's. */
export const language: "fr" | "en" = typeof document !== "undefined" && document.documentElement.lang.startsWith("fr") ? "fr" : "en";

/** For dates and numbers: a browser set to en-US keeps its own ways in English, but not in French. */
export const locale: string = typeof navigator === "undefined" ? "en-GB"
  : [...navigator.languages, navigator.language].find((one) => one?.toLowerCase().startsWith(language)) ?? (language === "fr" ? "fr-FR" : "en-GB");

const time = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" });
const dayOfYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const day = new Intl.DateTimeFormat(locale, { day: "2-digit", month: "2-digit", year: "numeric" });

/** In a list: the time of today's, the day of this year's, else the whole date. */
export function formatListDate(iso: string, now: Date = new Date()): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  if (at.toDateString() === now.toDateString()) return time.format(at);
  return (at.getFullYear() === now.getFullYear() ? dayOfYear : day).format(at);
}
