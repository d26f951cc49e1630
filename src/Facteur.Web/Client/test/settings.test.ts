import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { JmapClient } from "../src/jmap/client";
import { isTrusted, trust } from "../src/message/remoteImages";
import { readSettings, writeSettings } from "../src/settings/requests";
import { beginSettings, change, settings, settled, take, usual, waiting, whenUnsaved } from "../src/settings/settings";
import { RefusedError } from "../src/store/actions";
import { aloneOf, conversationOf, loneMessage } from "../src/store/conversations";
import { listShape, sortOf } from "../src/store/listModel";
import type { EmailHeader } from "../src/jmap/types";

const kept = new Map<string, string>();
vi.stubGlobal("localStorage", {
  getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => void kept.set(name, value), removeItem: (name: string) => void kept.delete(name),
});

const anew = () => {
  kept.clear();
  whenUnsaved(() => undefined);
  settled(waiting());
  beginSettings("a1", undefined);
};

beforeEach(anew);
afterAll(anew);

describe("settings of the account", () => {
  test("are what the page brought, and what nobody chose is as usual", () => {
    beginSettings("a1", JSON.stringify({ theme: "dark", pageSize: 100 }));
    expect(settings.value).toEqual({ ...usual, theme: "dark", pageSize: 100 });
    beginSettings("a1", "nonsense");
    expect(settings.value).toEqual(usual);
  });

  test("hold here at once, and wait until they are saved", () => {
    let told = 0;
    whenUnsaved(() => told++);
    change({ theme: "dark" });
    change({ density: "compact" });
    expect([told, settings.value.theme, waiting()]).toEqual([2, "dark", { theme: "dark", density: "compact" }]);
    const sent = waiting();
    change({ theme: "light" });
    settled(sent);
    expect(waiting()).toEqual({ theme: "light" });
  });

  test("that were changed here are not overruled by what the server had before", () => {
    change({ theme: "dark" });
    take({ theme: "auto", pageSize: 25 });
    expect([settings.value.theme, settings.value.pageSize]).toEqual(["dark", 25]);
    settled(waiting());
    take({ theme: "auto" });
    expect(settings.value.theme).toBe("auto");
  });

  test("outlive the page without a connection, of one account only", () => {
    change({ theme: "dark", imagesAllowedFrom: ["clara@example.test"] });
    beginSettings("a2", undefined);
    expect(settings.value).toEqual(usual);
    beginSettings("a1", undefined);
    expect(settings.value).toMatchObject({ theme: "dark", imagesAllowedFrom: ["clara@example.test"] });
  });

  test("stay the same object while nothing of them changes, so that nothing is drawn again", () => {
    const before = settings.value;
    take({ ...usual });
    expect(settings.value).toBe(before);
  });

  test("are read and written as one object", async () => {
    const calls: unknown[] = [];
    const client = (answer: unknown) => ({ call: async (method: string, args: unknown) => { calls.push([method, args]); return answer; } }) as unknown as JmapClient;
    await readSettings(client({ list: [{ id: "singleton", language: "fr", ...usual, undoSeconds: 30 }] }));
    expect(settings.value).toEqual({ ...usual, undoSeconds: 30 });
    await writeSettings(client({ notUpdated: null }), { theme: "dark" });
    expect(calls[1]).toEqual(["WebmailSettings/set", { update: { singleton: { theme: "dark" } } }]);
    await expect(writeSettings(client({ notUpdated: { singleton: { type: "invalidProperties" } } }), {})).rejects.toThrow(RefusedError);
  });
});

describe("images", () => {
  test("of a sender that is trusted, or of its domain, are shown", () => {
    trust("Clara@Example.test ");
    expect([isTrusted("clara@example.test"), isTrusted("anna@example.test")]).toEqual([true, false]);
    change({ imagesAllowedFrom: ["@example.test"] });
    expect([isTrusted("anna@EXAMPLE.test"), isTrusted("anna@sub.example.test")]).toEqual([true, false]);
  });

  test("are trusted of no more senders than the server keeps, the last ones", () => {
    change({ imagesAllowedFrom: Array.from({ length: 1_000 }, (_, at) => `p${at}@example.test`) });
    trust("clara@example.test");
    expect([settings.value.imagesAllowedFrom.length, settings.value.imagesAllowedFrom[0]]).toEqual([1_000, "clara@example.test"]);
  });
});

describe("lists", () => {
  const email: EmailHeader = { id: "e1", threadId: "t1", mailboxIds: { m1: true }, keywords: {}, from: null, to: null, subject: "S", receivedAt: "2026-11-01T08:00:00Z", size: 1, preview: "", hasAttachment: false };

  test("are newest first unless something else stands before", () => {
    const newest = { property: "listedAt", isAscending: false };
    expect(sortOf(listShape())).toEqual([newest]);
    expect(sortOf({ conversations: true, order: "unread" })).toEqual([{ property: "allInThreadHaveKeyword", keyword: "$seen", isAscending: true }, newest]);
    expect(sortOf({ conversations: false, order: "unread" })).toEqual([{ property: "hasKeyword", keyword: "$seen", isAscending: true }, newest]);
    expect(sortOf({ conversations: true, order: "starred" })[0]).toEqual({ property: "someInThreadHaveKeyword", keyword: "$flagged", isAscending: false });
  });

  test("open a conversation, or a message alone where each is a row", () => {
    expect(conversationOf(email, ["e1"], [email]).threadId).toBe("t1");
    change({ conversations: false });
    expect(loneMessage(conversationOf(email, ["e1"], [email]).threadId)).toBe("e1");
    expect([loneMessage("t1"), aloneOf("e1")]).toEqual([undefined, "~e1"]);
  });
});
