import { describe, expect, test } from "vitest";
import type { EmailHeader, Id, Mailbox, Thread } from "../src/jmap/types";
import { answer, type Answer, type Call, type Known } from "../src/offline/answers";
import type { Waiting } from "../src/offline/db";
import { find } from "../src/offline/finding";
import { prune, pruneBodies } from "../src/offline/pruning";
import { promiseOf, replay, waitingOf } from "../src/offline/queue";

const email = (id: Id, receivedAt: string, more: Partial<EmailHeader> = {}): EmailHeader => ({
  id, threadId: `t${id.slice(1)}`, mailboxIds: { m1: true }, keywords: {}, from: [{ name: "Clara", email: "clara@example.test" }], to: null, subject: `Subject ${id}`, receivedAt, size: 1, preview: "Bonjour", hasAttachment: false, ...more,
});
const mailbox = (id: Id, role: Mailbox["role"], totalThreads = 0): Mailbox => ({
  id, name: id, parentId: null, role, sortOrder: 0, totalEmails: 0, unreadEmails: 0, totalThreads, unreadThreads: 0, isSubscribed: true, myRights: {},
});
const all = [email("e1", "2026-11-01T08:00:00Z"), email("e2", "2026-11-02T08:00:00Z", { keywords: { $seen: true } }), email("e3", "2026-11-03T08:00:00Z", { threadId: "t1" }), email("e4", "2026-11-04T08:00:00Z", { mailboxIds: { m9: true } })];
const mailboxes = [mailbox("m1", "inbox", 70), mailbox("m9", "junk")];

describe("lists without a connection", () => {
  test("show one email of each thread, newest first, and what came back where it came back", () => {
    expect(find({ inMailbox: "m1" }, all, mailboxes)).toEqual(["e3", "e2"]);
    expect(find({ inMailbox: "m1" }, [...all, email("e5", "2026-10-01T08:00:00Z", { returnedAt: "2026-11-05T08:00:00Z" })], mailboxes)?.[0]).toBe("e5");
  });

  test("show a row each where conversations are not wanted", () => expect(find({ inMailbox: "m1" }, all, mailboxes, false)).toEqual(["e3", "e2", "e1"]));

  test("search words and the operators that need no server, without junk unless it is named", () => {
    expect(find({ query: "subject:e2", timeZone: "UTC" }, all, mailboxes)).toEqual(["e2"]);
    expect(find({ query: "bonjour is:unread" }, all, mailboxes)).toEqual(["e3"]);
    expect(find({ query: "bonjour dans:partout" }, all, mailboxes)).toEqual(["e4", "e3", "e2"]);
    expect(find({ from: "x" }, all, mailboxes)).toBeUndefined();
  });
});

describe("answers without a connection", () => {
  const known: Known = {
    extent: { since: "2026-11-01T00:00:00Z", days: 30, emailState: "s7", mailboxState: "s7" }, mailboxes, emails: new Map(all.map((one) => [one.id, one])),
    thread: async (id): Promise<Thread | undefined> => (id === "t1" ? { id, emailIds: ["e1", "e3"] } : id === "t2" ? { id, emailIds: ["e2"] } : undefined),
    body: async (id) => (id === "e1" ? { id, bodyValues: {}, keywords: { $old: true } } : undefined), last: async () => undefined,
  };
  const run = async (calls: readonly Call[], isFirst = false) => {
    const answers: Answer[] = [];
    for (const call of calls) {
      const one = await answer(known, call, answers, isFirst);
      if (one === undefined) return undefined;
      answers.push(one);
    }
    return answers.map((one) => one[1] as Record<string, unknown>);
  };
  const rows: readonly Call[] = [
    ["Email/query", { accountId: "a1", filter: { inMailbox: "m1" }, collapseThreads: true, position: 0, limit: 50 }, "query"],
    ["Email/get", { "#ids": { resultOf: "query", name: "Email/query", path: "/ids" }, properties: ["threadId"] }, "of"],
    ["Thread/get", { "#ids": { resultOf: "of", name: "Email/get", path: "/list/*/threadId" } }, "threads"],
    ["Email/get", { "#ids": { resultOf: "threads", name: "Thread/get", path: "/list/*/emailIds" }, properties: ["id", "subject"] }, "emails"],
  ];

  test("follow what one call takes of another", async () => {
    const answers = await run(rows);
    expect(answers?.[0]).toMatchObject({ ids: ["e3", "e2"], total: 2, queryState: "s7" });
    expect((answers?.[3]?.["list"] as EmailHeader[]).map((one) => one.id)).toEqual(["e1", "e3", "e2"]);
  });

  test("of another order come from the server first, and later go by date", async () => {
    const ordered: readonly Call[] = [["Email/query", { ...rows[0]![1], sort: [{ property: "hasKeyword", keyword: "$seen" }, { property: "listedAt", isAscending: false }] }, "query"]];
    expect(await run(ordered, true)).toBeUndefined();
    expect((await run(ordered))?.[0]).toMatchObject({ ids: ["e3", "e2"], canCalculateChanges: false });
  });

  test("tell of the first list how long it is on the server", async () => expect((await run(rows, true))?.[0]).toMatchObject({ total: 70 }));

  test("put the marks of now over a body that was read before, and have none of what was not read", async () => {
    expect(((await run([["Email/get", { ids: ["e1"], properties: ["bodyValues"] }, "0"]]))?.[0]?.["list"] as EmailHeader[])[0]?.keywords).toEqual({});
    expect(await run([["Email/get", { ids: ["e2"], properties: ["bodyValues"] }, "0"]])).toBeUndefined();
    expect(await run([["Email/changes", { sinceState: "s1" }, "0"]])).toBeUndefined();
  });
});

describe("what waits for the connection", () => {
  test("is changes and removals, nothing new", () => {
    expect(waitingOf("Email/set", { accountId: "a1", update: { e1: { "keywords/$seen": true } } })).toMatchObject({ update: { e1: { "keywords/$seen": true } }, destroy: [] });
    expect(waitingOf("Email/set", { create: { k: {} } })).toBeUndefined();
    expect(waitingOf("Mailbox/set", { update: { m1: {} } })).toBeUndefined();
    expect(promiseOf({ update: { e1: {} }, destroy: ["e2"] })).toMatchObject({ updated: { e1: null }, destroyed: ["e2"] });
  });

  const queue = (count: number) => {
    const waiting: Waiting[] = Array.from({ length: count }, (_, at) => ({ key: at + 1, update: { [`e${at}`]: {} }, destroy: at === 3 ? ["x"] : [] }));
    return { load: async () => [...waiting], drop: async (keys: readonly number[]) => void waiting.splice(0, waiting.length, ...waiting.filter((one) => !keys.includes(one.key!))), waiting };
  };

  test("is sent in its order, and what was refused is told", async () => {
    const sent: string[] = [];
    const work = queue(20);
    const refused = await replay({ ...work, send: async (calls) => calls.map(([, args, id]) => {
      const ids = Object.keys(args["update"] as object);
      sent.push(...ids);
      return ["Email/set", { updated: {}, notUpdated: ids[0] === "e2" ? { e2: { type: "forbidden" } } : null, notDestroyed: { x: { type: "notFound" } } }, id] as Answer;
    }) }, "a1");
    expect(sent).toEqual(Array.from({ length: 20 }, (_, at) => `e${at}`));
    expect(refused).toEqual({ ids: ["e2"], types: ["forbidden"] });
    expect(work.waiting).toEqual([]);
  });

  test("stays when the line fails again", async () => {
    const work = queue(2);
    await expect(replay({ ...work, send: () => Promise.reject(new Error("offline")) }, "a1")).rejects.toThrow("offline");
    expect(work.waiting).toHaveLength(2);
  });
});

describe("what is kept", () => {
  const now = new Date("2026-11-20T00:00:00Z");

  test("is of as many days as wanted; a thread goes as a whole, once all of it is older", () => {
    const mail = [email("e1", "2026-09-01T00:00:00Z", { threadId: "t9" }), email("e2", "2026-11-10T00:00:00Z", { threadId: "t9" }), email("e3", "2026-10-01T00:00:00Z")];
    expect(prune(mail, "2026-10-15T00:00:00Z", now, 30)).toEqual({ gone: ["e3"], goneThreads: ["t3"], since: "2026-10-21T00:00:00Z" });
    expect(prune(mail, "2026-10-15T00:00:00Z", now, 90)).toEqual({ gone: ["e3"], goneThreads: ["t3"], since: "2026-10-15T00:00:00Z" });
    expect(prune(mail, "2026-10-15T00:00:00Z", now, 7).gone).toEqual(["e1", "e2", "e3"]);
  });

  test("is no more than so many, and then says until when all is there", () => {
    const pruned = prune(all, "2026-11-01T00:00:00Z", now, 30, 2);
    expect(pruned.gone).toContain("e1");
    expect(pruned.since > "2026-11-02T00:00:00Z").toBe(true);
  });

  test("has no bodies of mail that is gone, and the newest of too many", () => {
    expect(pruneBodies(["e1", "e2", "e3"], new Map([["e1", "2026-11-01"], ["e2", "2026-11-02"]]), 1)).toEqual(["e3", "e1"]);
  });
});
