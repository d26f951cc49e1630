/** Of the page, as the server chose it: the account's, else the browser's. */
export const language: "fr" | "en" = typeof document !== "undefined" && document.documentElement.lang.startsWith("fr") ? "fr" : "en";

/** For dates and numbers: a browser set to en-US keeps its own ways in English, but not in French. */
export const locale: string = typeof navigator === "undefined" ? "en-GB"
  : [...navigator.languages, navigator.language].find((one) => one?.toLowerCase().startsWith(language)) ?? (language === "fr" ? "fr-FR" : "en-GB");

/** Made once it is asked for: the first list waits for each, and mostly needs one. */
function format(options: Intl.DateTimeFormatOptions): (at: Date) => string {
  let made: Intl.DateTimeFormat | undefined;
  return (at) => (made ??= new Intl.DateTimeFormat(locale, options)).format(at);
}

const time = format({ hour: "2-digit", minute: "2-digit" });
const dayOfYear = format({ day: "numeric", month: "short" });
const day = format({ day: "2-digit", month: "2-digit", year: "numeric" });

/** In a list: the time of today's, the day of this year's, else the whole date. */
export function formatListDate(iso: string, now: Date = new Date()): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  if (at.toDateString() === now.toDateString()) return time(at);
  return (at.getFullYear() === now.getFullYear() ? dayOfYear : day)(at);
}
