import { describe, expect, test } from "vitest";
import type { Mailbox } from "../src/jmap/types";
import { choicesOf, markOf, matching, newName, nextColor } from "../src/labels/choices";
import { inTheWay } from "../src/palette/keeping";
import { rank, score } from "../src/palette/rank";
import { fromInput, snoozeTimes, toInput, toUtc } from "../src/snooze/times";

const mailbox = (id: string, name: string, more: Partial<Mailbox> = {}): Mailbox => ({
  id, name, parentId: null, role: null, sortOrder: 0, totalEmails: 0, unreadEmails: 0, totalThreads: 0, unreadThreads: 0, isSubscribed: true, myRights: { mayAddItems: true }, ...more,
});

describe("labels", () => {
  const all = [mailbox("m1", "Factures"), mailbox("m2", "INBOX", { role: "inbox" }), mailbox("m3", "Sent", { role: "sent" }), mailbox("m4", "Éclairs"), mailbox("m5", "Anciennes factures"), mailbox("m6", "Read only", { myRights: {} })];
  const choices = choicesOf(all, (one) => one.name, false);

  test("are mailboxes without a use of their own; moved may be to the inbox as well", () => {
    expect(choices.map((one) => one.id)).toEqual(["m5", "m4", "m1"]);
    expect(choicesOf(all, (one) => one.name, true)[0]?.id).toBe("m2");
  });

  test("are found by what they begin with, then by words within, without regard to accents", () => {
    expect(matching(choices, "fact").map((one) => one.id)).toEqual(["m1", "m5"]);
    expect(matching(choices, "ecl").map((one) => one.id)).toEqual(["m4"]);
  });

  test("are made of what is typed unless there is one of that name", () => {
    expect(newName(choices, "factures")).toBeUndefined();
    expect(newName(choices, " Clients / Durand ")).toBe("Clients/Durand");
    expect(newName(choices, " / ")).toBeUndefined();
  });

  test("are on all, some or none of the emails", () => {
    const emails = [{ mailboxIds: { m1: true as const } }, { mailboxIds: {} }];
    expect([markOf(emails, "m1"), markOf(emails.slice(0, 1), "m1"), markOf(emails, "m2")]).toEqual(["some", "all", "none"]);
  });

  test("take the colour that is used least", () => expect(nextColor([{ color: nextColor([]) }])).not.toBe(nextColor([])));
});

describe("snoozing", () => {
  test("offers times to come, each once", () => {
    const wednesday = snoozeTimes(new Date(2026, 10, 18, 10, 20));
    expect(wednesday.map((one) => [one.id, toInput(one.at)])).toEqual([
      ["laterToday", "2026-11-18T13:00"], ["tomorrow", "2026-11-19T08:00"], ["weekend", "2026-11-21T09:00"], ["nextWeek", "2026-11-23T08:00"],
    ]);
    expect(snoozeTimes(new Date(2026, 10, 20, 22, 0)).map((one) => one.id)).toEqual(["tomorrow", "nextWeek"]);
    expect(snoozeTimes(new Date(2026, 10, 22, 9, 0)).map((one) => one.id)).toEqual(["laterToday", "tomorrow"]);
  });

  test("takes another time, not one that is past or too far", () => {
    const now = new Date(2026, 10, 18, 10, 0);
    expect(fromInput("2026-11-18T09:59", now, 1e6)).toBeUndefined();
    expect(fromInput("2027-11-18T09:59", now, 86_400)).toBeUndefined();
    expect(fromInput("", now, 86_400)).toBeUndefined();
    expect(fromInput("2026-11-18T10:30", now, 86_400)?.getMinutes()).toBe(30);
    expect(toUtc(new Date("2026-11-18T10:30:00.000Z"))).toBe("2026-11-18T10:30:00Z");
  });
});

describe("the palette", () => {
  test("prefers what begins so, then words, then letters that begin words", () => {
    const labels = ["Marquer comme non lu", "Aller aux brouillons", "Archiver", "Aller à la boîte de réception"];
    const of = (typed: string) => rank(labels.map((label) => ({ id: label, label })), typed).map((one) => one.label);
    expect(of("arch")[0]).toBe("Archiver");
    expect(of("boite")).toEqual(["Aller à la boîte de réception"]);
    expect(of("mcnl")[0]).toBe("Marquer comme non lu");
    expect(of("xyz")).toEqual([]);
    expect(of("")).toEqual(labels);
  });

  test("shows what was used last first, as long as nothing is typed", () => {
    expect(rank([{ id: "a", label: "A" }, { id: "b", label: "B" }], "", ["b"]).map((one) => one.id)).toEqual(["b", "a"]);
  });

  test("finds no strewn letters", () => expect(score("Mettre en attente jusqu’à demain", "tqn")).toBe(0));
});

describe("keys that somebody chose", () => {
  const bindings = [{ id: "archive", scope: "list", keys: ["e"] }, { id: "goInbox", scope: "global", keys: ["g i"] }, { id: "reply", scope: "conversation", keys: ["r"] }];

  test("must not be, nor begin, another's", () => {
    expect(inTheWay(bindings, "star", "list", "e").map((one) => one.id)).toEqual(["archive"]);
    expect(inTheWay(bindings, "star", "list", "g").map((one) => one.id)).toEqual(["goInbox"]);
    expect(inTheWay(bindings, "star", "list", "r")).toEqual([]);
    expect(inTheWay(bindings, "archive", "list", "e")).toEqual([]);
  });
});
