import { describe, expect, test } from "vitest";
import { emptyContent, type Attachment } from "../../src/compose/model";
import { composeAsked } from "../../src/compose/open";
import { notOnServer } from "../../src/compose/unsent";

const file: Attachment = { key: "f", name: "x", type: "text/plain", size: 1, blobId: null, cid: null };
const draft = (key: string, isDirty: boolean, attachments: readonly Attachment[] = []) => ({ key, isDirty, content: { ...emptyContent, subject: ` ${key} `, attachments } });

describe("what signing out would lose", () => {
  test("is what waits to be sent, and drafts of which something is not saved", () => {
    const found = notOnServer([draft("saved", false), draft("dirty", true), draft("with a file", false, [file]), draft("attached", false, [{ ...file, blobId: "b" }])], [draft("out", false)]);
    expect(found).toEqual([{ kind: "outgoing", subject: "out" }, { kind: "draft", subject: "dirty" }, { kind: "draft", subject: "with a file" }]);
  });
  test("names a message once", () => expect(notOnServer([draft("a", true), draft("a", true), draft("b", true)], [draft("b", false)])).toEqual([{ kind: "outgoing", subject: "b" }, { kind: "draft", subject: "a" }]));
});

describe("a page to write in", () => {
  test("is asked for by its address, perhaps for somebody", () => {
    expect(composeAsked("#/inbox")).toBeUndefined();
    expect(composeAsked("#/composed")).toBeUndefined();
    expect(composeAsked("#/compose")).toMatchObject({ kind: "new", to: [], isFull: true });
    expect(composeAsked(`#/compose/${encodeURIComponent("mailto:a@b.c?subject=Bonjour%20%C3%A0%20tous")}`)).toMatchObject({ to: [{ name: null, email: "a@b.c" }], subject: "Bonjour à tous" });
    expect(composeAsked("#/compose/javascript:alert(1)")).toMatchObject({ to: [], subject: "" });
  });
});
