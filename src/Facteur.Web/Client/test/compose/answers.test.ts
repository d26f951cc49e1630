import { describe, expect, test } from "vitest";
import { ownText, promisedAttachment } from "../../src/compose/ownText";
import { quoteForward, quoteReply, quoteText, signatureForms, swapSignature, type QuoteWords } from "../../src/compose/quote";
import { baseSubject, forwardSubject, replySubject } from "../../src/compose/subject";
import { identityFor, isBlindCopy, replyRecipients, threadingOf } from "../../src/compose/threading";

const at = (email: string, name: string | null = null): { name: string | null; email: string } => ({ name, email });

describe("subjects", () => {
  test.each([
    ["Bonjour", "Re: Bonjour"], ["Re: Bonjour", "Re: Bonjour"], ["RE : Bonjour", "Re: Bonjour"], ["Re: RE : Fwd: Bonjour", "Re: Bonjour"], ["AW: Re[2]: x", "Re: x"],
    ["Réf : dossier", "Re: dossier"], ["TR : TR: dossier", "Re: dossier"], ["", "Re:"], ["Reçu : facture", "Re: Reçu : facture"], ["Re:Re:Re: x", "Re: x"],
  ])("answer to %s", (subject, expected) => expect(replySubject(subject)).toBe(expected));
  test.each([["Bonjour", "Fwd: Bonjour"], ["TR : Bonjour", "Fwd: Bonjour"], ["Fwd: Re: Bonjour", "Fwd: Bonjour"], ["WG: x", "Fwd: x"]])(
    "forward of %s", (subject, expected) => expect(forwardSubject(subject)).toBe(expected));
  test("nothing else is taken off", () => expect(baseSubject("Tres important: Revenu: x")).toBe("Tres important: Revenu: x"));
});

describe("threads (RFC 5322 §3.6.4)", () => {
  test("references of the parent, then the parent", () =>
    expect(threadingOf({ messageId: ["c@x"], inReplyTo: ["b@x"], references: ["a@x", "b@x"] })).toEqual({ inReplyTo: ["c@x"], references: ["a@x", "b@x", "c@x"] }));
  test("In-Reply-To serves where there are no references", () =>
    expect(threadingOf({ messageId: ["c@x"], inReplyTo: ["b@x"], references: null }).references).toEqual(["b@x", "c@x"]));
  test("several of In-Reply-To are no chain", () => expect(threadingOf({ messageId: ["c@x"], inReplyTo: ["a@x", "b@x"], references: null }).references).toEqual(["c@x"]));
  test("a parent without a Message-ID begins nothing", () => expect(threadingOf({ messageId: null, inReplyTo: ["a@x"], references: ["a@x"] })).toEqual({ inReplyTo: [], references: [] }));
  test("long chains keep their first and their last", () => {
    const references = Array.from({ length: 500 }, (_, i) => `${i}@x`);
    const all = threadingOf({ messageId: ["c@x"], inReplyTo: null, references }).references;
    expect([all.length, all[0], all.at(-1), all.at(-2)]).toEqual([50, "0@x", "c@x", "499@x"]);
  });
});

describe("who an answer is for", () => {
  const mail = { from: [at("ami@x.fr", "Ami")], replyTo: null, to: [at("moi@x.fr"), at("b@x.fr")], cc: [at("c@x.fr"), at("Alias@x.fr"), at("B@x.fr")] };
  const own = ["moi@x.fr", "alias@x.fr"];
  test("its author", () => expect(replyRecipients(mail, own, false)).toEqual({ to: [at("ami@x.fr", "Ami")], cc: [] }));
  test("all, without oneself and once each", () => expect(replyRecipients(mail, own, true).cc.map((one) => one.email)).toEqual(["b@x.fr", "c@x.fr"]));
  test("Reply-To goes first", () => expect(replyRecipients({ ...mail, replyTo: [at("liste@x.fr")] }, own, true).to).toEqual([at("liste@x.fr")]));
  test("one's own message goes to those it was for", () => {
    const mine = { from: [at("moi@x.fr")], replyTo: null, to: [at("b@x.fr")], cc: [at("c@x.fr")] };
    expect(replyRecipients(mine, own, false).to).toEqual([at("b@x.fr")]);
    expect(replyRecipients(mine, own, true)).toEqual({ to: [at("b@x.fr")], cc: [at("c@x.fr")] });
  });
  test("a note to oneself", () => expect(replyRecipients({ from: [at("moi@x.fr")], replyTo: null, to: [at("moi@x.fr")], cc: null }, own, true).to).toEqual([at("moi@x.fr")]));
  test("under the address that got it", () => {
    const identities = [{ id: "i0", email: "moi@x.fr" }, { id: "i1", email: "alias@x.fr" }];
    expect(identityFor(identities, { from: mail.from, to: [at("ALIAS@x.fr")], cc: null, bcc: null })?.id).toBe("i1");
    expect(identityFor(identities, { from: mail.from, to: [at("liste@x.fr")], cc: null, bcc: null, deliveredTo: [at("alias@x.fr")] })?.id).toBe("i1");
    expect(identityFor(identities, null)?.id).toBe("i0");
  });
  test("a blind copy is known by its absence", () => {
    expect(isBlindCopy({ from: [at("a@x.fr")], to: [at("b@x.fr")], cc: null }, own)).toBe(true);
    expect(isBlindCopy(mail, own)).toBe(false);
  });
});

const words: QuoteWords = {
  attribution: (name, date) => `Le ${date}, ${name} a écrit :`, forwarded: "Message transféré", from: "De :", date: "Date :", subject: "Objet :", to: "À :", cc: "Cc :", formatDate: () => "3 mai",
};
const original = { from: [at("ami@x.fr", "Ami <b>")], to: [at("moi@x.fr")], cc: null, subject: "A & B", sentAt: "2026-05-03T10:00:00Z", receivedAt: "2026-05-03T10:00:00Z" };

describe("what is repeated", () => {
  test("an answer", () => {
    const quote = quoteReply(original, { html: "<p>x</p>", text: "x\n\n> y\n" }, words);
    expect(quote.text).toBe("Le 3 mai, Ami <b> <ami@x.fr> a écrit :\n> x\n>\n>> y");
    expect(quote.html).toContain("Ami &lt;b&gt; &lt;ami@x.fr&gt; a écrit :</div><blockquote type=\"cite\"><p>x</p></blockquote>");
  });
  test("a forward", () => {
    const quote = quoteForward(original, { html: "<p>x</p>", text: "x" }, words);
    expect(quote.text).toBe("---------- Message transféré ----------\nDe : \"Ami <b>\" <ami@x.fr>\nDate : 3 mai\nObjet : A & B\nÀ : moi@x.fr\n\nx");
    expect(quote.html).toContain("<div><b>Objet :</b> A &amp; B</div>");
  });
  test("empty ends go", () => expect(quoteText("a\n\n\n")).toBe("> a"));
  test("signatures change places", () => {
    const [before, after] = [signatureForms({ html: "", text: "Jean" }), signatureForms({ html: "<b>J</b>", text: "J" })];
    expect(swapSignature("Bonjour\n\n-- \nJean", before, after)).toBe("Bonjour\n\n-- \nJ");
    expect(swapSignature("Bonjour\n\n-- \nJean B.", before, after)).toBe("Bonjour\n\n-- \nJean B.");
    expect(swapSignature("Bonjour", null, after)).toBe("Bonjour\n\n-- \nJ");
    expect(swapSignature("Bonjour\n\nLe 3 mai, x a écrit :\n> y", null, after)).toBe("Bonjour\n\n-- \nJ\n\nLe 3 mai, x a écrit :\n> y");
  });
});

describe("promised attachments", () => {
  test.each([
    "Veuillez trouver ci-joint le devis.", "Je joins le rapport.", "Voir pièce jointe", "Vous trouverez en pièces jointes…", "cf. PJ.", "Les fichiers joints sont à jour", "Je t'envoie en annexe le plan", "en annexe le plan",
    "Please find attached the report", "I've attached the file", "See the attachment.", "The invoice is attached", "I am enclosing a copy", "attached is the contract", "in this attachment",
  ])("%s", (text) => expect(promisedAttachment(text)).not.toBeNull());
  test.each([
    "Bonjour, à demain.", "I am very attached to you", "Il n'y a pas de pièce jointe", "Sent without attachments", "Ma conjointe arrive", "On se rejoint demain", "Ok\n\n-- \nThis e-mail and any attachments are confidential",
    "Merci !\n\nLe 3 mai, x a écrit :\n> Veuillez trouver ci-joint", "Pour info\n\n---------- Message transféré ----------\nDe : x\n\nci-joint le plan", "Voici la PJ2 de la série",
  ])("not in: %s", (text) => expect(promisedAttachment(text)).toBeNull());
  test("own words around a quote", () => expect(ownText("Avant\n\nx wrote:\n> citation\n\nAprès\n-- \nJean")).toBe("Avant\n\nx wrote:\n\nAprès"));
});
