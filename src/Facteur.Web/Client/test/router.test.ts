import { describe, expect, test } from "vitest";
import { formatRoute, parseRoute } from "../src/app/router";

describe("routes", () => {
  test.each(["#/inbox", "#/starred", "#/all", "#/snoozed", "#/m/m12", "#/search/from%3Aanna%20%2Fx", "#/inbox/t/t4", "#/m/m12/t/t4", "#/search/t/t/t4"])("%s reads and writes the same", (hash) => {
    expect(formatRoute(parseRoute(hash))).toBe(hash);
  });

  test("what cannot be read is the inbox", () => {
    for (const hash of ["", "#", "#/", "#/none", "#/m", "#/search/", "#x"]) expect(parseRoute(hash)).toMatchObject({ kind: "inbox", threadId: undefined });
    expect(parseRoute("#/search/%E0%A4%A")).toEqual({ kind: "search", text: "%E0%A4%A", threadId: undefined });
  });
});
