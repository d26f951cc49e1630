import { describe, expect, test } from "vitest";
import { Correspondents } from "../../src/compose/correspondents";
import { readNote, toEmailJson } from "../../src/compose/emailJson";
import { envelopeOf } from "../../src/compose/envelope";
import { emptyContent, isBlank, type DraftContent } from "../../src/compose/model";
import { textToHtml, treeToText, type TextNode } from "../../src/compose/plainText";
import { presetsAt, readChosen, toLocalInput } from "../../src/compose/schedule";
import { lookAlike, newDomains, warningsFor } from "../../src/compose/warnings";

const at = (email: string, name: string | null = null): { name: string | null; email: string } => ({ name, email });
const mail: DraftContent = { ...emptyContent, to: [at("ami@x.fr")], subject: "x", text: "Bonjour" };
const context = { maxAttached: 1_000, knownDomains: new Set(["exemple.fr", "x.fr"]) };
const kinds = (content: DraftContent): string[] => warningsFor(content, context).map((one) => one.kind);
const identity = { id: "i0", name: "Moi", email: "moi@exämple.fr", replyTo: null, bcc: [at("copie@x.fr")], textSignature: "", htmlSignature: "", mayDelete: false };
const file = { key: "1", name: "a.pdf", type: "application/pdf", size: 10, blobId: "u1", cid: null };

describe("before sending", () => {
  test("nothing to say", () => expect(kinds(mail)).toEqual([]));
  test("nobody, no subject", () => expect(kinds({ ...mail, to: [], subject: " " })).toEqual(["noRecipients", "noSubject"]));
  test("no address", () => expect(warningsFor({ ...mail, cc: [at("a@b")] }, context)).toEqual([{ kind: "badAddress", addresses: ["a@b"] }]));
  test("too large", () => expect(kinds({ ...mail, attachments: [{ ...file, size: 1_001 }] })).toEqual(["tooLarge"]));
  test("promised, not there", () => {
    expect(kinds({ ...mail, text: "Ci-joint le plan" })).toEqual(["missingAttachment"]);
    expect(kinds({ ...mail, text: "Ci-joint le plan", attachments: [file] })).toEqual([]);
    expect(kinds({ ...mail, text: "Ci-joint le plan", attachments: [{ ...file, cid: "x" }] })).toEqual(["missingAttachment"]);
  });
  test("an answer to many, and one of a blind copy", () => {
    const many = Array.from({ length: 21 }, (_, i) => at(`a${i}@x.fr`));
    expect(kinds({ ...mail, cc: many, origin: { kind: "replyAll", emailId: "e1", wasBlind: true } })).toEqual(["blindCopy", "manyRecipients"]);
    expect(kinds({ ...mail, cc: many, origin: { kind: "reply", emailId: "e1", wasBlind: true } })).toEqual([]);
  });
  test("slips of the fingers", () => {
    expect(lookAlike("exmeple.fr", context.knownDomains)).toBe("exemple.fr");
    expect(lookAlike("exemplee.fr", context.knownDomains)).toBe("exemple.fr");
    expect(lookAlike("autre.fr", context.knownDomains)).toBeNull();
    expect(newDomains({ ...mail, to: [at("a@autre.fr"), at("b@x.fr")] }, context.knownDomains)).toEqual(["autre.fr"]);
    expect(newDomains({ ...mail, to: [at("a@autre.fr")] }, new Set())).toEqual([]);
  });
  test("nothing written", () => {
    expect(isBlank(emptyContent, emptyContent)).toBe(true);
    expect(isBlank(mail, emptyContent)).toBe(false);
  });
});

describe("the email that is created", () => {
  const place = { mailboxIds: { m1: true } as const, keywords: { $draft: true } as const, messageId: "x@y" };
  test("a draft keeps what it needs to be gone on with", () => {
    const json = toEmailJson({ ...mail, identityId: "i0", origin: { kind: "forward", emailId: "e9", wasBlind: false }, options: { readReceipt: true, deliveryReport: true } }, identity, place, true);
    expect(json["header:X-Facteur-Draft:asText"]).toBe("identity=i0; forward=e9; report");
    expect(readNote(json["header:X-Facteur-Draft:asText"] as string)).toEqual({ identityId: "i0", origin: { kind: "forward", emailId: "e9", wasBlind: false }, deliveryReport: true });
    expect(json["bcc"]).toBeUndefined();
  });
  test("what is sent has no notes, the identity's blind copies, and images that are shown", () => {
    const image = { ...file, key: "2", cid: "img", type: "image/png" };
    const json = toEmailJson({ ...mail, html: "<img src=\"cid:img\">", attachments: [file, image, { ...image, key: "3", cid: "gone" }, { ...file, blobId: null }] }, identity, place, false);
    expect(json["header:X-Facteur-Draft:asText"]).toBeUndefined();
    expect(json["bcc"]).toEqual([at("copie@x.fr")]);
    expect(json["from"]).toEqual([{ name: "Moi", email: "moi@exämple.fr" }]);
    expect((json["attachments"] as unknown[]).length).toBe(2);
  });
  test("the envelope", () => {
    const content = { ...mail, cc: [at("AMI@x.fr"), at("b@exämple.fr")], options: { readReceipt: false, deliveryReport: true } };
    expect(envelopeOf(content, identity, { undoSeconds: 10, at: null })).toEqual({
      mailFrom: { email: "moi@xn--exmple-cua.fr", parameters: { HOLDFOR: "10", RET: "HDRS" } },
      rcptTo: ["ami@x.fr", "b@xn--exmple-cua.fr", "copie@x.fr"].map((email) => ({ email, parameters: { NOTIFY: "SUCCESS,FAILURE,DELAY" } })),
    });
    const later = envelopeOf(mail, identity, { undoSeconds: 10, at: new Date("2026-12-01T08:00:00.123Z") }) as { mailFrom: { parameters: unknown } };
    expect(later.mailFrom.parameters).toEqual({ HOLDUNTIL: "2026-12-01T08:00:00Z" });
    expect(envelopeOf(mail, identity, { undoSeconds: 0, at: null })["mailFrom"]).toEqual({ email: "moi@xn--exmple-cua.fr", parameters: null });
  });
});

describe("times to send at", () => {
  test("on a Wednesday morning", () => expect(presetsAt(new Date(2026, 10, 25, 10)).map((one) => one.key)).toEqual(["laterToday", "tomorrowMorning", "tomorrowAfternoon", "mondayMorning"]));
  test("on a Sunday evening Monday is tomorrow", () => {
    const presets = presetsAt(new Date(2026, 10, 22, 20));
    expect(presets.map((one) => one.key)).toEqual(["tomorrowMorning", "tomorrowAfternoon"]);
    expect(toLocalInput(presets[0]!.at)).toBe("2026-11-23T08:00");
  });
  test("what was chosen", () => {
    const now = new Date(2026, 10, 22, 12);
    expect(readChosen("2026-11-23T08:00", now, 86_400)).toEqual({ at: new Date(2026, 10, 23, 8) });
    expect(readChosen("2026-11-22T11:00", now, 86_400)).toEqual({ fault: "past" });
    expect(readChosen("2026-11-24T13:00", now, 86_400)).toEqual({ fault: "tooFar" });
    expect(readChosen("", now, 86_400)).toEqual({ fault: "unreadable" });
  });
});

describe("people", () => {
  const now = Date.UTC(2026, 10, 22);
  const day = 86_400_000;
  const index = new Correspondents();
  for (let i = 0; i < 5; i++) index.add(at("helene@x.fr", "Hélène Martin"), now - i * day);
  index.add(at("henri@x.fr", "Henri"), now - 400 * day);
  index.add(at("paul.henry@y.fr"), now);
  index.add(at("nobody"), now);

  test("by beginnings, without accents", () => {
    expect(index.find("hel", now).map((one) => one.email)).toEqual(["helene@x.fr"]);
    expect(index.find("he", now).map((one) => one.email)).toEqual(["helene@x.fr", "paul.henry@y.fr", "henri@x.fr"]);
    expect(index.find("martin hél", now)[0]).toEqual(at("helene@x.fr", "Hélène Martin"));
    expect(index.find("y.fr", now)[0]?.email).toBe("paul.henry@y.fr");
    expect(index.find("", now)).toEqual([]);
    expect(index.find("hel", now, [at("Helene@x.fr")])).toEqual([]);
  });
  test("kept and taken up again", () => {
    const again = new Correspondents(JSON.parse(JSON.stringify(index.save(now))) as never);
    expect(again.find("he", now)).toEqual(index.find("he", now));
    expect([...again.domains()].sort()).toEqual(["x.fr", "y.fr"]);
  });
});

describe("plain text", () => {
  const node = (nodeName: string, ...childNodes: (TextNode | string)[]): TextNode & { href?: string } => ({
    nodeType: 1, nodeName, nodeValue: null,
    childNodes: childNodes.map((one) => (typeof one === "string" ? { nodeType: 3, nodeName: "#text", nodeValue: one, childNodes: [] } : one)),
    getAttribute: () => null,
  });
  const link = (href: string, text: string): TextNode => ({ ...node("A", text), getAttribute: (name) => (name === "href" ? href : null) });

  test("blocks, breaks, lists and quotes", () => {
    const tree = node("DIV", node("DIV", "Bonjour ", node("B", "toi")), node("DIV", node("BR")), node("UL", node("LI", "un"), node("LI", "deux")), node("BLOCKQUOTE", node("DIV", "cité"), node("BLOCKQUOTE", node("DIV", "deux fois"))), node("P", "fin"));
    expect(treeToText(tree)).toBe("Bonjour toi\n\n- un\n- deux\n\n> cité\n> > deux fois\n\nfin");
  });
  test("links tell where they go unless they say it", () => {
    expect(treeToText(node("DIV", "voir ", link("https://x.fr/a", "ici"), "."))).toBe("voir ici <https://x.fr/a>.");
    expect(treeToText(node("DIV", link("https://x.fr/", "x.fr")))).toBe("x.fr");
  });
  test("a signature keeps its mark", () => expect(treeToText(node("DIV", node("DIV", "Bonjour"), node("DIV", node("DIV", "-- "), node("DIV", "Jean"))))).toBe("Bonjour\n-- \nJean"));
  test("into HTML and its lines back", () => expect(textToHtml("a < b\n\n> c\n>> d")).toBe("<div>a &lt; b</div><div><br></div><blockquote><div>c</div><blockquote><div>d</div></blockquote></blockquote>"));
});
