// Names of time zones in calendars: those of IANA, those of Outlook, and those of programs that put their own name before IANA's.

const windows: Readonly<Record<string, string>> = {
  "dateline standard time": "Etc/GMT+12", "hawaiian standard time": "Pacific/Honolulu", "alaskan standard time": "America/Anchorage", "pacific standard time": "America/Los_Angeles",
  "us mountain standard time": "America/Phoenix", "mountain standard time": "America/Denver", "central standard time": "America/Chicago", "canada central standard time": "America/Regina",
  "central standard time (mexico)": "America/Mexico_City", "sa pacific standard time": "America/Bogota", "eastern standard time": "America/New_York", "venezuela standard time": "America/Caracas",
  "atlantic standard time": "America/Halifax", "newfoundland standard time": "America/St_Johns", "e. south america standard time": "America/Sao_Paulo", "argentina standard time": "America/Argentina/Buenos_Aires",
  "sa eastern standard time": "America/Cayenne", "greenland standard time": "America/Nuuk", "azores standard time": "Atlantic/Azores", "utc": "Etc/UTC", "gmt standard time": "Europe/London",
  "greenwich standard time": "Atlantic/Reykjavik", "morocco standard time": "Africa/Casablanca", "w. europe standard time": "Europe/Berlin", "central europe standard time": "Europe/Budapest",
  "romance standard time": "Europe/Paris", "central european standard time": "Europe/Warsaw", "w. central africa standard time": "Africa/Lagos", "gtb standard time": "Europe/Bucharest",
  "e. europe standard time": "Europe/Chisinau", "egypt standard time": "Africa/Cairo", "fle standard time": "Europe/Kiev", "south africa standard time": "Africa/Johannesburg",
  "israel standard time": "Asia/Jerusalem", "turkey standard time": "Europe/Istanbul", "arab standard time": "Asia/Riyadh", "russian standard time": "Europe/Moscow", "e. africa standard time": "Africa/Nairobi",
  "iran standard time": "Asia/Tehran", "arabian standard time": "Asia/Dubai", "mauritius standard time": "Indian/Mauritius", "pakistan standard time": "Asia/Karachi", "india standard time": "Asia/Kolkata",
  "bangladesh standard time": "Asia/Dhaka", "se asia standard time": "Asia/Bangkok", "china standard time": "Asia/Shanghai", "singapore standard time": "Asia/Singapore", "w. australia standard time": "Australia/Perth",
  "taipei standard time": "Asia/Taipei", "tokyo standard time": "Asia/Tokyo", "korea standard time": "Asia/Seoul", "cen. australia standard time": "Australia/Adelaide", "aus central standard time": "Australia/Darwin",
  "e. australia standard time": "Australia/Brisbane", "aus eastern standard time": "Australia/Sydney", "tasmania standard time": "Australia/Hobart", "central pacific standard time": "Pacific/Noumea",
  "new zealand standard time": "Pacific/Auckland", "tahiti standard time": "Pacific/Tahiti",
};

/** The IANA name of a zone as this browser knows it; undefined when it does not. */
export function zoneOf(named: string): string | undefined {
  const name = named.trim().slice(0, 200);
  const parts = name.split("/");
  const candidates = [windows[name.toLowerCase()], name, parts.slice(-3).join("/"), parts.slice(-2).join("/")];
  return candidates.find((one) => one !== undefined && one !== "" && clockOf(one) !== undefined);
}

/** The moment at which clocks of a zone show what `wall` shows in UTC. When they show it twice, the first; when never, an hour later. */
export function atWall(wall: number, zone: string): Date {
  const first = wall - offsetAt(wall, zone);
  const second = wall - offsetAt(first, zone);
  return new Date(offsetAt(second, zone) === wall - second ? second : Math.max(first, second));
}

/** Clocks of zones that were asked for; undefined for names of none. To make one costs more than all that is done with it. */
const clocks = new Map<string, Intl.DateTimeFormat | undefined>();
const maxClocks = 100;

function clockOf(name: string): Intl.DateTimeFormat | undefined {
  if (clocks.has(name)) return clocks.get(name);
  let clock: Intl.DateTimeFormat | undefined;
  try {
    clock = new Intl.DateTimeFormat("en-GB", { timeZone: name, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
  } catch {
    clock = undefined;
  }
  // Names are what others wrote: there is no end of them.
  if (clocks.size >= maxClocks) clocks.clear();
  clocks.set(name, clock);
  return clock;
}

/** How far a zone is ahead of UTC at a moment, in milliseconds. */
function offsetAt(moment: number, zone: string): number {
  const parts = clockOf(zone)?.formatToParts(new Date(moment)) ?? [];
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) - Math.floor(moment / 1000) * 1000;
}
