import { describe, expect, it } from "vitest";
import { readCalendar } from "../../src/message/calendar";
import { replyTo } from "../../src/message/itip";
import { atWall, zoneOf } from "../../src/message/zones";

const invitation = [
  "BEGIN:VCALENDAR", "METHOD:REQUEST", "BEGIN:VTIMEZONE", "TZID:Nowhere", "BEGIN:DAYLIGHT", "TZOFFSETTO:+0300", "END:DAYLIGHT", "BEGIN:STANDARD", "TZOFFSETTO:+0200", "END:STANDARD", "END:VTIMEZONE",
  "BEGIN:VEVENT", "UID:42@demo.test", "SEQUENCE:3", "DTSTART;TZID=Romance Standard Time:20260706T143000", "DURATION:PT1H30M", "SUMMARY:Point projet\\, suite\\nligne", "LOCATION:Salle ",
  " B\\; 2e", 'ORGANIZER;CN="Martin, Claire":mailto:claire@demo.test', "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Moi:mailto:moi@demo.test", "ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:ami@demo.test", "ATTENDEE:urn:uuid:x",
  "RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=MO", "BEGIN:VALARM", "SUMMARY:alarm", "END:VALARM", "END:VEVENT", "END:VCALENDAR", "",
].join("\r\n");

describe("invitations", () => {
  it("say what, when, where and who", () => {
    const event = readCalendar(invitation)!;
    expect([event.method, event.uid, event.sequence, event.summary, event.location]).toEqual(["REQUEST", "42@demo.test", "3", "Point projet, suite\nligne", "Salle B; 2e"]);
    expect([event.start.at.toISOString(), event.start.zone, event.end!.at.toISOString()]).toEqual(["2026-07-06T12:30:00.000Z", "Europe/Paris", "2026-07-06T14:00:00.000Z"]);
    expect([event.organizer, event.attendees.map((one) => [one.email, one.status])]).toEqual([{ email: "claire@demo.test", name: "Martin, Claire", status: "NEEDS-ACTION" }, [["moi@demo.test", "NEEDS-ACTION"], ["ami@demo.test", "ACCEPTED"]]]);
    expect(event.rule).toEqual({ FREQ: "WEEKLY", COUNT: "4", BYDAY: "MO" });
  });
  it("may be of whole days, in UTC, or in a zone of their own", () => {
    const at = (line: string) => readCalendar(invitation.replace(/DTSTART[^\r]*/u, line))!.start;
    expect([at("DTSTART;VALUE=DATE:20260706").isDay, at("DTSTART:20260706T100000Z").at.toISOString(), at("DTSTART;TZID=Nowhere:20260706T100000").at.toISOString()]).toEqual([true, "2026-07-06T10:00:00.000Z", "2026-07-06T08:00:00.000Z"]);
  });
  it.each(["", "BEGIN:VCALENDAR", "DTSTART:20260706T100000Z", invitation.replace(/DTSTART[^\r]*/u, "DTSTART:tomorrow"), invitation.replace(/DTSTART[^\r]*/u, "DTSTART:20261399T990000Z"), "BEGIN:VEVENT\n".repeat(10_000)])("that are none give nothing", (text) => expect(readCalendar(text)).toBeUndefined());
  it("survive what is cut anywhere", () => {
    for (let length = 0; length < invitation.length; length++) expect(() => readCalendar(invitation.slice(0, length))).not.toThrow();
  });
});

describe("answers", () => {
  const event = readCalendar(invitation)!;
  const reply = replyTo(event, "ACCEPTED", { email: "moi@demo.test", name: 'Moi, "le" vrai' }, new Date("2026-07-01T09:00:00Z"));
  const lines = reply.replace(/\r\n /gu, "").split("\r\n");
  it("name the attendee alone, and the request they answer", () => {
    expect(lines).toContain("METHOD:REPLY");
    expect(lines).toContain("UID:42@demo.test");
    expect(lines).toContain("SEQUENCE:3");
    expect(lines).toContain("DTSTAMP:20260701T090000Z");
    expect(lines.filter((one) => one.startsWith("ATTENDEE"))).toEqual([`ATTENDEE;PARTSTAT=ACCEPTED;CN="Moi, ^'le^' vrai":mailto:moi@demo.test`]);
    expect(lines).toContain("DTSTART:20260706T123000Z");
    expect(lines).toContain("SUMMARY:Point projet\\, suite\\nligne");
  });
  it("have short lines", () => expect(replyTo({ ...event, summary: "é".repeat(300) }, "DECLINED", { email: "x@y.z", name: "" }, new Date(0)).split("\r\n").every((line) => new TextEncoder().encode(line).length <= 75)).toBe(true));
  it("cannot be made to say more", () => {
    const hostile = replyTo({ ...event, uid: "x\r\nATTENDEE:mailto:evil@x.y", summary: "a\r\nMETHOD:CANCEL" }, "ACCEPTED", { email: "a@b.c\r\nX:1", name: "n\r\nY:2" }, new Date(0)).replace(/\r\n /gu, "").split("\r\n");
    expect(hostile.filter((one) => /^(?:X|Y|METHOD|ATTENDEE)[:;]/u.test(one)).length).toBe(2);
  });
});

describe("zones", () => {
  it("are known by several names", () => expect([zoneOf("W. Europe Standard Time"), zoneOf("/freeassociation.sourceforge.net/Europe/Paris"), zoneOf("Mars/Base"), zoneOf("")]).toEqual(["Europe/Berlin", "Europe/Paris", undefined, undefined]));
  it("turn walls into moments across changes of the clock", () => {
    expect(atWall(Date.UTC(2026, 2, 29, 3, 30), "Europe/Paris").toISOString()).toBe("2026-03-29T01:30:00.000Z");
    expect(atWall(Date.UTC(2026, 9, 25, 12, 0), "Europe/Paris").toISOString()).toBe("2026-10-25T11:00:00.000Z");
    expect(Number.isNaN(atWall(Date.UTC(2026, 2, 29, 2, 30), "Europe/Paris").getTime())).toBe(false);
  });
});
