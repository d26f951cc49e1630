/** A time at which emails come back, as it is offered. */
export interface SnoozeTime {
  readonly id: "laterToday" | "tomorrow" | "weekend" | "nextWeek";
  readonly at: Date;
}

/** Hours of the day at which things come back. */
const morning = 8;
const weekendMorning = 9;
const hoursLater = 3;
const lastLaterHour = 21;
const saturday = 6;
const monday = 1;

/** What is offered now: none is past, none stands twice. Days are those of where the reader is, whatever the clocks do between. */
export function snoozeTimes(now: Date): readonly SnoozeTime[] {
  const times: SnoozeTime[] = [];
  const later = dayAt(now, 0, now.getHours() + hoursLater);
  if (later.getDate() === now.getDate() && later.getHours() <= lastLaterHour) times.push({ id: "laterToday", at: later });
  times.push({ id: "tomorrow", at: dayAt(now, 1, morning) });
  const toSaturday = (saturday - now.getDay() + 7) % 7;
  if (toSaturday > 1 && toSaturday < 6) times.push({ id: "weekend", at: dayAt(now, toSaturday, weekendMorning) });
  const toMonday = (monday - now.getDay() + 7) % 7 || 7;
  if (toMonday > 1) times.push({ id: "nextWeek", at: dayAt(now, toMonday, morning) });
  return times;
}

/** As an input of date and time takes it: local, to the minute. */
export function toInput(at: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** What was chosen in such an input; undefined for what is no time, is past, or further away than the server keeps. */
export function fromInput(value: string, now: Date, maxDelaySeconds: number): Date | undefined {
  const at = new Date(value);
  const away = at.getTime() - now.getTime();
  return Number.isNaN(away) || away <= 0 || away > maxDelaySeconds * 1000 ? undefined : at;
}

/** UTCDate of RFC 8620 §1.4. */
export function toUtc(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, "Z");
}

function dayAt(now: Date, days: number, hour: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
}
