import { describe, expect, test } from "vitest";
import type { IdSet } from "../src/jmap/types";
import { archive, effective, inverse, junk, keyword, label, move, notJunk, patched, trash, type Places, type Plan } from "../src/store/patches";

const places: Places = { inbox: "in", archive: "ar", junk: "ju", trash: "tr", drafts: "dr", sent: "se" };
const email = (mailboxes: string, keywords = "") => ({ mailboxIds: setOf(mailboxes), keywords: setOf(keywords) });
const setOf = (names: string): IdSet => Object.fromEntries(names.split(" ").filter(Boolean).map((name) => [name, true as const]));

/** Where an email is after an action, and its keywords. */
function after(plan: Plan, mailboxes: string, keywords = ""): string {
  const before = email(mailboxes, keywords);
  const result = patched(before, plan(before));
  return [...Object.keys(result.mailboxIds).sort(), ...Object.keys(result.keywords).sort()].join(" ");
}

describe("what actions do", () => {
  test("archive takes out of the inbox, and never leaves an email nowhere", () => {
    expect(after(archive(places), "in")).toBe("ar");
    expect(after(archive(places), "in work")).toBe("work");
    expect(after(archive(places), "work")).toBe("work");
    expect(after(archive(places), "tr")).toBe("ar");
    expect(after(archive({ inbox: "in" }), "in")).toBe("in");
  });

  test("delete leaves nothing but the trash", () => {
    expect(after(trash(places), "in work")).toBe("tr");
    expect(after(trash(places), "tr")).toBe("tr");
  });

  test("spam and not spam say so to the filter as well", () => {
    expect(after(junk(places), "in work", "$notjunk")).toBe("ju $junk");
    expect(after(notJunk(places), "ju", "$junk")).toBe("in $notjunk");
  });

  test("move keeps labels", () => {
    expect(after(move(places, "work", undefined), "in home")).toBe("home work");
    expect(after(move(places, "work", "home"), "home")).toBe("work");
    expect(after(move(places, "in", "ju"), "ju", "$junk")).toBe("in $notjunk");
    expect(after(move(places, "tr", "ju"), "ju", "$junk")).toBe("tr $junk");
  });

  test("the last label that goes leaves the email in the archive", () => {
    expect(after(label(places, "work", true), "in")).toBe("in work");
    expect(after(label(places, "work", false), "in work")).toBe("in");
    expect(after(label(places, "work", false), "work")).toBe("ar");
    expect(after(label(places, "ar", false), "ar")).toBe("ar");
  });
});

describe("patches", () => {
  test("say only what changes, so that their inverse takes back no more", () => {
    expect(effective(email("in", "$seen"), keyword("$seen", true)(email("in")))).toBeUndefined();
    const before = email("in work", "$notjunk");
    const patch = effective(before, junk(places)(before))!;
    expect(patch).toEqual({ "mailboxIds/in": null, "mailboxIds/work": null, "mailboxIds/ju": true, "keywords/$junk": true, "keywords/$notjunk": null });
    expect(patched(patched(before, patch), inverse(patch))).toEqual(before);
  });

  test("escape names as RFC 6901 says", () => {
    const before = email("in");
    const patch = keyword("a/b~c", true)(before);
    expect(Object.keys(patch)).toEqual(["keywords/a~1b~0c"]);
    expect(patched(before, patch).keywords).toEqual({ "a/b~c": true });
  });
});
