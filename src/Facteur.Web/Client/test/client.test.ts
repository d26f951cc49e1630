import { afterEach, describe, expect, test, vi } from "vitest";
import { Capability, JmapClient } from "../src/jmap/client";
import type { Session } from "../src/jmap/types";

const session = {
  apiUrl: "/jmap", primaryAccounts: { [Capability.mail]: "a1" },
  capabilities: { [Capability.core]: { maxConcurrentRequests: 4 }, [Capability.mail]: {} },
} as unknown as Session;

const answer = () => new Response(JSON.stringify({ methodResponses: [["Core/echo", {}, "0"]] }), { headers: { "Content-Type": "application/json" } });
const refusal = () => new Response(JSON.stringify({ type: "urn:ietf:params:jmap:error:limit", limit: "maxConcurrentRequests", detail: "More than 4 requests" }), { status: 429, headers: { "Content-Type": "application/problem+json" } });

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("requests at once", () => {
  test("are half of what the server lets a user do", async () => {
    let [running, most] = [0, 0];
    vi.stubGlobal("fetch", async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve));
      running--;
      return answer();
    });
    const client = await JmapClient.open(session);
    await Promise.all(Array.from({ length: 9 }, () => client.together([["Core/echo", {}, "0"]])));
    expect(most).toBe(2);
  });
  test("are sent again when another window left no room", async () => {
    vi.useFakeTimers();
    let asked = 0;
    vi.stubGlobal("fetch", () => Promise.resolve(++asked < 3 ? refusal() : answer()));
    const client = await JmapClient.open(session);
    const done = client.together([["Core/echo", {}, "0"]]);
    await vi.runAllTimersAsync();
    expect(await done).toEqual([{}]);
    expect(asked).toBe(3);
  });
  test("fail when there is no room for long", async () => {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", () => Promise.resolve(refusal()));
    const client = await JmapClient.open(session);
    const done = expect(client.together([["Core/echo", {}, "0"]])).rejects.toThrow("More than 4 requests");
    await vi.runAllTimersAsync();
    await done;
  });
});

describe("a request outlives its page", () => {
  test("when it changes mail and is small enough for that", async () => {
    const asked: (boolean | undefined)[] = [];
    vi.stubGlobal("fetch", (_: string, options: RequestInit) => {
      asked.push(options.keepalive);
      return Promise.resolve(answer());
    });
    const client = await JmapClient.open(session);
    await client.together([["Email/set", { update: { m1: { "keywords/$seen": true } } }, "0"]]);
    await client.together([["Core/echo", {}, "0"]]);
    await client.together([["Email/set", { destroy: Array.from({ length: 2_000 }, (_, at) => `m${at}`) }, "0"]]);
    expect(asked).toEqual([true, false, false]);
  });
});
