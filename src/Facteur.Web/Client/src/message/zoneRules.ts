// Time zones that an invitation brings itself (VTIMEZONE, RFC 5545 §3.6.5): which offset holds on a day, by the changes of the clock that it describes.
import type { Property } from "./calendar";

/** STANDARD or DAYLIGHT: from its onsets on clocks are ahead of UTC by `to`, before them by `from`. Milliseconds; onsets as the clocks before the change show them. */
interface Observance {
  readonly start: number;
  readonly from: number;
  readonly to: number;
  readonly dates: readonly number[];
  readonly rule: YearlyRule | undefined;
}

/** RRULE with FREQ=YEARLY, the only one in use for clocks. */
interface YearlyRule {
  readonly interval: number;
  /** From 0. */
  readonly months: readonly number[];
  readonly monthDays: readonly number[];
  readonly days: readonly { readonly nth: number; readonly weekday: number }[];
  /** Moment in UTC of the last onset there may be. */
  readonly until: number;
  readonly count: number;
}

const [maxZones, maxObservances, maxDates, maxInterval] = [30, 100, 300, 50];
const weekdays = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

export class OwnZone {
  constructor(private readonly observances: readonly Observance[]) {}

  /** The moment at which clocks there show a wall time (given as if it were UTC). Shown twice: the first; never: as if the clocks had not changed (RFC 5545 §3.3.5). */
  toMoment(wall: number): Date {
    let [best, onset] = [undefined as Observance | undefined, -Infinity];
    for (const one of this.observances) {
      // What the clocks jump over belongs to the time before.
      const found = lastOnset(one, wall - Math.max(0, one.to - one.from));
      if (found !== undefined && found >= onset) [best, onset] = [one, found];
    }
    if (best !== undefined) return new Date(wall - best.to);
    const first = this.observances.reduce((a, b) => (b.start < a.start ? b : a));
    return new Date(wall - first.from);
  }
}

/** Zones of a calendar, by their TZID. */
export function readZones(properties: readonly Property[]): ReadonlyMap<string, OwnZone> {
  const zones = new Map<string, Observance[]>();
  const open: string[] = [];
  let [id, inside] = ["", [] as Property[]];
  for (const property of properties) {
    const value = property.value.trim();
    if (property.name === "BEGIN") {
      open.push(value.toUpperCase());
      if (open.at(-1) === "VTIMEZONE") id = "";
      inside = [];
    } else if (property.name === "END") {
      const ended = open.pop();
      const known = zones.get(id) ?? [];
      const observance = ended === "STANDARD" || ended === "DAYLIGHT" ? readObservance(inside) : undefined;
      if (open.at(-1) === "VTIMEZONE" && id !== "" && observance !== undefined && known.length < maxObservances && (zones.has(id) || zones.size < maxZones)) zones.set(id, [...known, observance]);
    } else if (open.at(-1) === "VTIMEZONE" && property.name === "TZID") id = value;
    else inside.push(property);
  }
  return new Map([...zones].map(([name, observances]) => [name, new OwnZone(observances)]));
}

function readObservance(properties: readonly Property[]): Observance | undefined {
  const find = (name: string): string | undefined => properties.find((one) => one.name === name)?.value.trim();
  const to = offsetOf(find("TZOFFSETTO"));
  if (to === undefined) return undefined;
  const start = wallOf(find("DTSTART"));
  const dates = properties.filter((one) => one.name === "RDATE").flatMap((one) => one.value.split(",").slice(0, maxDates)).map((one) => wallOf(one.split("/")[0])).filter((one) => one !== undefined).slice(0, maxDates);
  // Without a beginning it holds always.
  return { start: start ?? -Infinity, from: offsetOf(find("TZOFFSETFROM")) ?? to, to, dates, rule: start === undefined ? undefined : readRule(find("RRULE"), start) };
}

/** RFC 5545 §3.3.14. */
function offsetOf(value: string | undefined): number | undefined {
  const match = /^([+-])(\d{2})(\d{2})(\d{2})?$/u.exec(value ?? "");
  if (match === null) return undefined;
  return (match[1] === "-" ? -1 : 1) * (Number(match[2]) * 3_600 + Number(match[3]) * 60 + Number(match[4] ?? 0)) * 1_000;
}

function wallOf(value: string | undefined): number | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})Z?)?$/u.exec(value?.trim() ?? "");
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
  const at = utc(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1_000;
  return Number.isNaN(at) ? undefined : at;
}

/** Date.UTC takes years below 100 for those of the last century. */
function utc(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month, day);
}

function readRule(value: string | undefined, start: number): YearlyRule | undefined {
  const parts = new Map((value ?? "").toUpperCase().split(";").map((part) => part.split("=")).map(([name, of]) => [name ?? "", of ?? ""] as const));
  if (parts.get("FREQ") !== "YEARLY" || ["BYYEARDAY", "BYWEEKNO", "BYSETPOS"].some((name) => parts.has(name))) return undefined;
  const numbers = (name: string, least: number, most: number): number[] => (parts.get(name) ?? "").split(",").map(Number).filter((one) => Number.isInteger(one) && one !== 0 && one >= least && one <= most).slice(0, 40);
  const days = (parts.get("BYDAY") ?? "").split(",").map((one) => /^([+-]?\d{1,2})?(SU|MO|TU|WE|TH|FR|SA)$/u.exec(one)).filter((one) => one !== null).slice(0, 20);
  const months = numbers("BYMONTH", 1, 12).map((one) => one - 1);
  return {
    interval: Math.min(maxInterval, Math.max(1, Number(parts.get("INTERVAL")) || 1)), months: months.length > 0 ? months : [new Date(start).getUTCMonth()], monthDays: numbers("BYMONTHDAY", -31, 31),
    days: days.map((one) => ({ nth: Number(one[1] ?? 0), weekday: weekdays.indexOf(one[2]!) })), until: wallOf(parts.get("UNTIL")) ?? Infinity, count: Number(parts.get("COUNT")) || Infinity,
  };
}

/** The last onset at or before a wall time. */
function lastOnset(one: Observance, limit: number): number | undefined {
  const found = [one.start, ...one.dates, ...(one.rule === undefined ? [] : onsetsBefore(one, one.rule, limit))].filter((at) => at <= limit);
  return found.length === 0 ? undefined : Math.max(...found);
}

/** Onsets by rule of the last years before a wall time in which there are any. */
function onsetsBefore({ start, from }: Observance, rule: YearlyRule, limit: number): readonly number[] {
  const first = new Date(start).getUTCFullYear();
  const [lastByCount, lastByUntil] = [first + (rule.count - 1) * rule.interval, Number.isFinite(rule.until) ? new Date(rule.until + from).getUTCFullYear() : Infinity];
  const newest = Math.min(new Date(limit).getUTCFullYear(), lastByCount, lastByUntil);
  const found: number[] = [];
  // Two steps: of the newest year there may be none yet.
  for (let year = newest - ((newest - first) % rule.interval), step = 0; year >= first && step < 3; year -= rule.interval, step++)
    for (const at of onsetsOf(rule, year, start)) if (at >= start && at <= limit && at - from <= rule.until) found.push(at);
  return found;
}

function onsetsOf(rule: YearlyRule, year: number, start: number): readonly number[] {
  const timeOfDay = ((start % 86_400_000) + 86_400_000) % 86_400_000;
  return rule.months.flatMap((month) => daysOf(rule, year, month, new Date(start).getUTCDate())).map((day) => day + timeOfDay);
}

function daysOf({ days, monthDays }: YearlyRule, year: number, month: number, startDay: number): readonly number[] {
  const length = new Date(utc(year, month + 1, 0)).getUTCDate();
  const of = (day: number): number => utc(year, month, day);
  const byNumber = (monthDays.length > 0 ? monthDays : days.length > 0 ? Array.from({ length }, (_, at) => at + 1) : [startDay]).map((day) => (day < 0 ? length + 1 + day : day)).filter((day) => day >= 1 && day <= length);
  if (days.length === 0) return byNumber.map(of);
  return days.flatMap(({ nth, weekday }) => {
    const all = byNumber.filter((day) => new Date(of(day)).getUTCDay() === weekday);
    return (nth === 0 ? all : nth > 0 ? all.slice(nth - 1, nth) : all.slice(nth).slice(0, 1)).map(of);
  });
}
