import { describe, expect, test } from "vitest";
import type { EmailHeader } from "../src/jmap/types";
import { Conversations, fewNames, shortName } from "../src/store/conversations";
import { EmailCache } from "../src/store/emailCache";
import { waitOf } from "../src/store/link";

const email = (id: string, more: Partial<EmailHeader> = {}): EmailHeader => ({
  id, threadId: "t1", mailboxIds: { in: true }, keywords: {}, from: [{ name: "Anna B", email: "anna@x" }], to: null, subject: "Hello", receivedAt: "2026-01-01T00:00:00Z", size: 1, preview: "", hasAttachment: false, ...more,
});

describe("EmailCache", () => {
  test("shows what was asked for over what the server says meanwhile", () => {
    const cache = new EmailCache();
    cache.put([email("a")]);
    const overlay = cache.overlay(new Map([["a", { "keywords/$seen": true as const }]]));
    cache.update([{ id: "a", keywords: { $flagged: true }, mailboxIds: { in: true } }]);
    expect(cache.email("a")!.keywords).toEqual({ $flagged: true, $seen: true });
    overlay.settle(new Set());
    expect(cache.email("a")!.keywords).toEqual({ $flagged: true, $seen: true });
  });

  test("takes back what was refused, and no more", () => {
    const cache = new EmailCache();
    cache.put([email("a"), email("b")]);
    const patch = { "mailboxIds/in": null, "mailboxIds/tr": true as const };
    const overlay = cache.overlay(new Map([["a", patch], ["b", patch]]));
    expect(cache.email("b")!.mailboxIds).toEqual({ tr: true });
    overlay.settle(new Set(["b"]));
    expect([cache.email("a")!.mailboxIds, cache.email("b")!.mailboxIds]).toEqual([{ tr: true }, { in: true }]);
  });

  test("lays later actions over earlier ones", () => {
    const cache = new EmailCache();
    cache.put([email("a")]);
    const first = cache.overlay(new Map([["a", { "keywords/$seen": true as const }]]));
    const second = cache.overlay(new Map([["a", { "keywords/$seen": null }]]));
    expect(cache.email("a")!.keywords).toEqual({});
    first.settle(new Set());
    expect(cache.email("a")!.keywords).toEqual({});
    second.settle(new Set());
    expect(cache.email("a")!.keywords).toEqual({});
  });

  test("forgets what was put first, but nothing that an action is about", () => {
    const cache = new EmailCache(3);
    cache.put([email("a"), email("b")]);
    cache.overlay(new Map([["a", { "keywords/$seen": true as const }]]));
    cache.put([email("c"), email("d"), email("e")]);
    expect(["a", "b", "c", "d", "e"].filter((id) => cache.email(id) !== undefined)).toEqual(["a", "d", "e"]);
  });
});

describe("conversations", () => {
  test("are rows of all emails of a thread, the same object until something changes", () => {
    const cache = new EmailCache();
    const rows = new Conversations(cache);
    cache.put([email("a", { keywords: { $seen: true } }), email("b", { from: [{ name: null, email: "ben@x" }], hasAttachment: true })], [{ id: "t1", emailIds: ["a", "b"] }]);
    const row = rows.row("b")!;
    expect(row).toMatchObject({ emailIds: ["a", "b"], isUnread: true, hasAttachment: true, isStarred: false });
    expect(row.senders.map(({ name, isUnread }) => [name, isUnread])).toEqual([["Anna B", false], ["ben@x", true]]);
    cache.put([email("z", { threadId: "t2" })]);
    expect(rows.row("b")).toBe(row);
    cache.update([{ id: "b", keywords: { $seen: true, $flagged: true }, mailboxIds: { in: true } }]);
    expect(rows.row("b")).toMatchObject({ isUnread: false, isStarred: true });
    expect(rows.row("none")).toBeUndefined();
  });

  test("name a few people shortly", () => {
    const people = ["Anna B", "Ben C", "Clara D", "Dora E"].map((name) => ({ name, email: name, isUnread: false }));
    expect(fewNames(people).map(({ name }) => name)).toEqual(["Anna B", "Clara D", "Dora E"]);
    expect(["Anna Blanc", "La Poste", "dora@example.test", "Li"].map(shortName)).toEqual(["Anna", "La Poste", "dora", "Li"]);
  });
});

test("the wait for the server grows to a minute, never the same for all", () => {
  expect([waitOf(0, 0), waitOf(0, 1), waitOf(3, 1), waitOf(30, 0), waitOf(30, 1)]).toEqual([500, 1_000, 8_000, 30_000, 60_000]);
});
