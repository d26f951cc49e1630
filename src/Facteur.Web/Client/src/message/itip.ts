import type { CalendarEvent } from "./calendar";

export type Answer = "ACCEPTED" | "TENTATIVE" | "DECLINED";

/** The answer to an invitation (RFC 5546 §3.2.3): the attendee alone, with the request's UID, SEQUENCE and RECURRENCE-ID. */
export function replyTo(event: CalendarEvent, answer: Answer, attendee: { readonly email: string; readonly name: string }, now: Date): string {
  const lines = [
    "BEGIN:VCALENDAR", "PRODID:-//Facteur//Webmail//EN", "VERSION:2.0", "METHOD:REPLY", "BEGIN:VEVENT",
    `UID:${oneLine(event.uid)}`, `SEQUENCE:${event.sequence}`, `DTSTAMP:${utc(now)}`,
    ...(event.organizerProperty ? [oneLine(event.organizerProperty.line)] : []),
    `ATTENDEE;PARTSTAT=${answer}${attendee.name === "" ? "" : `;CN=${parameter(attendee.name)}`}:mailto:${oneLine(attendee.email)}`,
    ...(event.recurrenceId ? [inUtc(event.recurrenceId.line, event.recurrence)] : []),
    inUtc(event.startProperty.line, event.start), ...(event.endProperty ? [inUtc(event.endProperty.line, event.end)] : []),
    ...(event.summary === "" ? [] : [`SUMMARY:${text(event.summary)}`]),
    "END:VEVENT", "END:VCALENDAR", "",
  ];
  return lines.map(fold).join("\r\n");
}

/** A time with a zone would need the zone's definition (RFC 5545 §3.2.19); in UTC it says the same without. */
function inUtc(line: string, time: CalendarEvent["end"]): string {
  const one = oneLine(line);
  if (time === undefined || time.isDay || !/;TZID=/iu.test(one)) return one;
  return `${one.slice(0, one.search(/[;:]/u)).toUpperCase()}:${utc(time.at)}`;
}

function utc(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d{3}/gu, "");
}

function oneLine(value: string): string {
  return value.replace(/[\p{Cc}]/gu, " ").trim();
}

// RFC 5545 §3.3.11.
function text(value: string): string {
  return value.replace(/[\\;,]/gu, "\\$&").replace(/\r?\n/gu, "\\n").replace(/[\u0000-\u001f\u007f]/gu, " ");
}

// RFC 6868 §3.1.
function parameter(value: string): string {
  const clean = oneLine(value).replace(/\^/gu, "^^").replace(/"/gu, "^'");
  return /[,;:]/u.test(clean) ? `"${clean}"` : clean;
}

/** Lines of 75 octets at most, cut between characters (RFC 5545 §3.1). */
function fold(line: string): string {
  const encoder = new TextEncoder();
  if (encoder.encode(line).length <= 75) return line;
  let [folded, length] = ["", 0];
  for (const character of line) {
    const octets = encoder.encode(character).length;
    if (length + octets > 74) {
      folded += "\r\n ";
      length = 0;
    }
    folded += character;
    length += octets;
  }
  return folded;
}
