import { describe, expect, it } from "vitest";
import { readCalendar } from "../../src/message/calendar";
import { workOf } from "../work";

type Lines = readonly string[];
const observance = (kind: string, start: string, from: string, to: string, ...more: Lines): Lines => [`BEGIN:${kind}`, ...(start === "" ? [] : [`DTSTART:${start}`]), `TZOFFSETFROM:${from}`, `TZOFFSETTO:${to}`, ...more, `END:${kind}`];

/** When something begins that is said to at a wall time, in a zone of these rules. */
function at(wall: string, ...zone: readonly Lines[]): string {
  const lines = ["BEGIN:VCALENDAR", "BEGIN:VTIMEZONE", "TZID:Maison", ...zone.flat(), "END:VTIMEZONE", "BEGIN:VEVENT", "UID:1", `DTSTART;TZID=Maison:${wall}`, "BEGIN:VALARM", "END:VALARM", "END:VEVENT", "END:VCALENDAR"];
  return readCalendar(lines.join("\r\n"))!.start.at.toISOString().slice(0, 16);
}

const europe = [observance("DAYLIGHT", "19810329T020000", "+0100", "+0200", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"), observance("STANDARD", "19961027T030000", "+0200", "+0100", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU")];
// As Outlook writes them.
const outlook = [observance("STANDARD", "16011104T020000", "-0400", "-0500", "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11"), observance("DAYLIGHT", "16010311T020000", "-0500", "-0400", "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3")];
const south = [observance("STANDARD", "20080406T030000", "+1100", "+1000", "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU"), observance("DAYLIGHT", "20081005T020000", "+1000", "+1100", "RRULE:FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=1,2,3,4,5,6,7;BYDAY=SU")];

describe("zones that invitations bring", () => {
  it("have summer and winter", () => {
    expect([at("20260706T143000", ...europe), at("20261206T143000", ...europe)]).toEqual(["2026-07-06T12:30", "2026-12-06T13:30"]);
    expect([at("20260308T013000", ...outlook), at("20260308T033000", ...outlook), at("20261101T013000", ...outlook), at("20261101T023000", ...outlook)]).toEqual(["2026-03-08T06:30", "2026-03-08T07:30", "2026-11-01T05:30", "2026-11-01T07:30"]);
    expect([at("20260115T100000", ...south), at("20260715T100000", ...south), at("20261005T100000", ...south)]).toEqual(["2026-01-14T23:00", "2026-07-15T00:00", "2026-10-04T23:00"]);
  });
  it("show some times twice and some never (RFC 5545 §3.3.5)", () => {
    // The first of the two; in the gap, the offset before it.
    expect([at("20261025T023000", ...europe), at("20260329T023000", ...europe), at("20260329T030000", ...europe)]).toEqual(["2026-10-25T00:30", "2026-03-29T01:30", "2026-03-29T01:00"]);
  });
  it("change their rules (RFC 5545 §3.6.5, New York until and since 2007)", () => {
    const newYork = [
      observance("DAYLIGHT", "19870405T020000", "-0500", "-0400", "RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z"), observance("STANDARD", "19671029T020000", "-0400", "-0500", "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z"),
      observance("DAYLIGHT", "20070311T020000", "-0500", "-0400", "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"), observance("STANDARD", "20071104T020000", "-0400", "-0500", "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"),
    ];
    expect(["20060320T120000", "20060501T120000", "20061101T120000", "20070320T120000", "20071101T120000", "20300320T120000"].map((wall) => at(wall, ...newYork).slice(11))).toEqual(["17:00", "16:00", "17:00", "16:00", "16:00", "16:00"]);
  });
  it("may be dates, or one offset for ever", () => {
    expect(at("20260501T120000", observance("STANDARD", "20200101T000000", "+0100", "+0100"), observance("DAYLIGHT", "20250601T000000", "+0100", "+0300", "RDATE:20260401T000000,20270401T000000"))).toBe("2026-05-01T09:00");
    expect(at("20260501T120000", observance("STANDARD", "", "+0545", "+0545"))).toBe("2026-05-01T06:15");
    // Before all of them, what was before the first.
    expect(at("19500101T120000", ...europe)).toBe("1950-01-01T11:00");
    expect(at("20260501T120000", observance("STANDARD", "20200101T000000", "+0100", "+0200", "RRULE:FREQ=YEARLY;COUNT=2;INTERVAL=3"))).toBe("2026-05-01T10:00");
  });
  it("survive nonsense", () => {
    for (const rule of ["FREQ=YEARLY;BYMONTH=99;BYDAY=9XX;INTERVAL=0;COUNT=-5", "FREQ=YEARLY;BYDAY=53SU", "FREQ=SECONDLY", "FREQ=YEARLY;UNTIL=x;BYMONTHDAY=-31,31", "", `FREQ=YEARLY;BYDAY=${"MO,".repeat(10_000)}`])
      expect(at("20260501T120000", observance("STANDARD", "00010101T000000", "+0100", "+0100", `RRULE:${rule}`))).toBe("2026-05-01T11:00");
    expect(at("20260501T120000", ["BEGIN:STANDARD", "END:STANDARD"])).toBe("2026-05-01T12:00");
    const work = workOf(() => at("20260501T120000", ...Array.from({ length: 2_000 }, () => observance("DAYLIGHT", "16010311T020000", "-0500", "-0400", "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3"))));
    expect(work).toBeLessThan(2_000);
  });
});
