// Times to send at that are offered, in the sender's own time zone.

export interface Preset {
  readonly key: "laterToday" | "tomorrowMorning" | "tomorrowAfternoon" | "mondayMorning";
  readonly at: Date;
}

const morning = 8;
const afternoon = 14;

export function presetsAt(now: Date): Preset[] {
  const presets: Preset[] = [];
  const evening = dayAt(now, 0, 18);
  if (now.getHours() < 16) presets.push({ key: "laterToday", at: evening });
  presets.push({ key: "tomorrowMorning", at: dayAt(now, 1, morning) }, { key: "tomorrowAfternoon", at: dayAt(now, 1, afternoon) });
  const toMonday = ((8 - now.getDay()) % 7) || 7;
  if (toMonday > 1) presets.push({ key: "mondayMorning", at: dayAt(now, toMonday, morning) });
  return presets;
}

function dayAt(now: Date, days: number, hour: number): Date {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour);
}

/** Value of an input of type datetime-local. */
export function toLocalInput(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

export type ChosenTime = { readonly at: Date } | { readonly fault: "unreadable" | "past" | "tooFar" };

export function readChosen(value: string, now: Date, maxDelaySeconds: number): ChosenTime {
  const at = new Date(value);
  if (!/^\d{4,}-\d\d-\d\dT\d\d:\d\d/u.test(value) || Number.isNaN(at.getTime())) return { fault: "unreadable" };
  if (at.getTime() <= now.getTime()) return { fault: "past" };
  return at.getTime() > now.getTime() + maxDelaySeconds * 1000 ? { fault: "tooFar" } : { at };
}
