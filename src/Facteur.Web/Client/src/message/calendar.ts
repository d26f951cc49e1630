import { readZones, type OwnZone } from "./zoneRules";
import { atWall, zoneOf } from "./zones";

// The one event of an invitation (RFC 5545, RFC 5546): what somebody has to know to answer it. Lines, properties and people are bounded.

export interface Attendee {
  readonly email: string;
  readonly name: string;
  /** NEEDS-ACTION, ACCEPTED, DECLINED, TENTATIVE … (RFC 5545 §3.2.12). */
  readonly status: string;
}

/** A moment as an invitation says it: a day, a moment in UTC, or one on the wall of a zone. */
export interface EventTime {
  readonly isDay: boolean;
  readonly at: Date;
  /** IANA name of the zone it was written in; undefined for UTC, days and times of no zone. */
  readonly zone: string | undefined;
}

export interface CalendarEvent {
  readonly method: string;
  readonly uid: string;
  readonly sequence: string;
  readonly recurrenceId: Property | undefined;
  /** Which one of a series it is, by when it was to begin. */
  readonly recurrence: EventTime | undefined;
  readonly summary: string;
  readonly location: string;
  readonly description: string;
  readonly start: EventTime;
  readonly end: EventTime | undefined;
  readonly rule: Readonly<Record<string, string>> | undefined;
  readonly status: string;
  readonly organizer: Attendee | undefined;
  readonly organizerProperty: Property | undefined;
  readonly attendees: readonly Attendee[];
  /** As they stand in the request, for the answer. */
  readonly startProperty: Property;
  readonly endProperty: Property | undefined;
}

export interface Property {
  readonly name: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly value: string;
  /** The line as it was written, unfolded. */
  readonly line: string;
}

const [maxOctets, maxLines, maxAttendees] = [512 * 1024, 20_000, 500];

/** Reads an invitation; undefined for what has no event with a beginning. */
export function readCalendar(text: string): CalendarEvent | undefined {
  const lines = text.slice(0, maxOctets).replace(/\r\n?/gu, "\n").replace(/\n[ \t]/gu, "").split("\n").slice(0, maxLines);
  const properties = lines.map(readProperty).filter((one) => one !== undefined);
  const method = properties.find((one) => one.name === "METHOD")?.value.trim().toUpperCase() ?? "PUBLISH";
  const event = eventOf(properties);
  const find = (name: string): Property | undefined => event.find((one) => one.name === name);
  const startProperty = find("DTSTART");
  const zones = readZones(properties);
  const start = startProperty && timeOf(startProperty, zones);
  if (startProperty === undefined || start === undefined) return undefined;
  const endProperty = find("DTEND");
  const rule = find("RRULE");
  const recurrenceId = find("RECURRENCE-ID");
  const organizerProperty = find("ORGANIZER");
  return {
    method, start, startProperty, endProperty, organizerProperty,
    uid: find("UID")?.value.trim() ?? "", sequence: /^\d{1,9}$/u.test(find("SEQUENCE")?.value.trim() ?? "") ? find("SEQUENCE")!.value.trim() : "0",
    recurrenceId, recurrence: recurrenceId && timeOf(recurrenceId, zones),
    summary: textOf(find("SUMMARY")), location: textOf(find("LOCATION")), description: textOf(find("DESCRIPTION"), 20_000),
    end: endProperty ? timeOf(endProperty, zones) : endByDuration(start, find("DURATION")?.value),
    rule: rule && Object.fromEntries(rule.value.split(";").map((part) => part.split("=")).filter((pair) => pair.length === 2).map(([name, value]) => [name!.toUpperCase(), value!])),
    status: find("STATUS")?.value.trim().toUpperCase() ?? "",
    organizer: organizerProperty && attendeeOf(organizerProperty),
    attendees: event.filter((one) => one.name === "ATTENDEE").slice(0, maxAttendees).map(attendeeOf).filter((one) => one !== undefined),
  };
}

/** A property of an event: name, parameters, value (RFC 5545 §3.1). What stands in quotation marks ends nothing. */
function readProperty(line: string): Property | undefined {
  const [names, at] = [[""], { colon: -1 }];
  let isQuoted = false;
  for (let i = 0; i < line.length && at.colon < 0; i++) {
    const c = line[i]!;
    if (c === '"') isQuoted = !isQuoted;
    if (!isQuoted && c === ":") at.colon = i;
    else if (!isQuoted && c === ";") names.push("");
    else names[names.length - 1] += c;
  }
  const [name = "", ...rest] = names;
  if (at.colon < 0 || !/^[A-Za-z0-9-]+$/u.test(name)) return undefined;
  const parameters: Record<string, string> = {};
  for (const one of rest) {
    const equals = one.indexOf("=");
    if (equals > 0) parameters[one.slice(0, equals).toUpperCase()] = decodeParameter(one.slice(equals + 1));
  }
  return { name: name.toUpperCase(), parameters, value: line.slice(at.colon + 1), line };
}

// RFC 6868 §3.2.
function decodeParameter(value: string): string {
  return value.replace(/^"|"$/gu, "").replace(/\^(['^n])/gu, (_, c: string) => (c === "n" ? "\n" : c === "'" ? '"' : "^"));
}

/** The properties of the first event, without those of what is inside it (alarms). */
function eventOf(properties: readonly Property[]): readonly Property[] {
  const found: Property[] = [];
  const open: string[] = [];
  for (const property of properties) {
    const value = property.value.trim().toUpperCase();
    if (property.name === "BEGIN") open.push(value);
    else if (property.name === "END") {
      const ended = open.pop();
      if (ended === "VEVENT" && found.length > 0) return found;
    } else if (open.at(-1) === "VEVENT") found.push(property);
  }
  return found;
}

function textOf(property: Property | undefined, longest = 1_000): string {
  if (property === undefined) return "";
  return property.value.replace(/\\([\\;,nN])/gu, (_, c: string) => (c === "n" || c === "N" ? "\n" : c)).replace(/[\p{Cf}\u0000-\u0008\u000b-\u001f\u007f]/gu, "").trim().slice(0, longest);
}

function attendeeOf(property: Property): Attendee | undefined {
  const email = /^mailto:(.+)$/iu.exec(property.value.trim())?.[1] ?? property.parameters["EMAIL"];
  if (email === undefined || !email.includes("@")) return undefined;
  const name = (property.parameters["CN"] ?? "").replace(/[\p{Cf}\p{Cc}]/gu, "").slice(0, 200);
  return { email: email.slice(0, 320), name, status: (property.parameters["PARTSTAT"] ?? "NEEDS-ACTION").toUpperCase() };
}

const dateForm = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z?))?$/u;

function timeOf(property: Property, zones: ReadonlyMap<string, OwnZone>): EventTime | undefined {
  const match = dateForm.exec(property.value.trim());
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((part) => Number(part ?? 0)) as [number, number, number, number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return undefined;
  // A day is the same day everywhere: it is shown as a day of the reader's.
  if (match[4] === undefined) return { isDay: true, at: new Date(year, month - 1, day), zone: undefined };
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  const named = property.parameters["TZID"];
  if (match[7] === "Z") return { isDay: false, at: new Date(wall), zone: undefined };
  if (named === undefined) return { isDay: false, at: new Date(year, month - 1, day, hour, minute, second), zone: undefined };
  const zone = zoneOf(named);
  if (zone !== undefined) return { isDay: false, at: atWall(wall, zone), zone };
  // A name that says nothing: by the rules that the calendar brings for it.
  return { isDay: false, at: zones.get(named.trim())?.toMoment(wall) ?? new Date(wall), zone: undefined };
}

// RFC 5545 §3.3.6.
function endByDuration(start: EventTime, duration: string | undefined): EventTime | undefined {
  const match = /^\+?P(?:(\d{1,4})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})S)?)?$/u.exec(duration?.trim() ?? "");
  if (match === null) return undefined;
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0)) as [number, number, number, number, number];
  return { ...start, at: new Date(start.at.getTime() + (((weeks * 7 + days) * 24 + hours) * 60 + minutes) * 60_000 + seconds * 1_000) };
}
