import { beforeAll, describe, expect, test } from "vitest";
import en from "../src/i18n/en";
import fr from "../src/i18n/fr";
import { formatListDate, formatSize, loadTexts, t } from "../src/i18n";
import { fill, type Message } from "../src/i18n/texts";

const places = (message: Message) => [...new Set((typeof message === "string" ? message : message.other).match(/\{\w+\}/g) ?? [])].sort();

describe("texts", () => {
  beforeAll(() => loadTexts("fr"));

  test("have the same places in both languages", () => {
    for (const [key, message] of Object.entries<Message>(en)) expect([key, places((fr as Record<string, Message>)[key]!)]).toEqual([key, places(message)]);
  });

  test("break no line before a sign that stands apart in French", () => {
    for (const [key, message] of Object.entries<Message>(fr)) for (const text of typeof message === "string" ? [message] : [message.one, message.other]) expect([key, text]).toEqual([key, expect.not.stringMatching(/\S [:;!?»]|« /)]);
  });

  test("take plurals by language: zero is singular in French only", () => {
    const message = { one: "{count} message", other: "{count} messages" };
    expect(fill(message, { count: 0 }, new Intl.PluralRules("fr"), new Intl.NumberFormat("fr"))).toBe("0 message");
    expect(fill(message, { count: 0 }, new Intl.PluralRules("en"), new Intl.NumberFormat("en"))).toBe("0 messages");
    expect(fill(message, { count: 12_430 }, new Intl.PluralRules("fr"), new Intl.NumberFormat("fr"))).toMatch(/^12.430 messages$/);
  });

  test("are found by key", () => {
    expect(t("place.inbox")).toBe("Boîte de réception");
    expect(t("place.search", { text: "{text}" })).toBe("Recherche\u00a0: {text}");
  });

  test("dates in lists are as short as they can be", () => {
    const now = new Date(2026, 10, 22, 18, 0);
    expect(formatListDate(new Date(2026, 10, 22, 9, 5).toISOString(), now)).toMatch(/09:05|9:05/);
    expect(formatListDate(new Date(2026, 0, 2).toISOString(), now)).not.toMatch(/2026/);
    expect(formatListDate(new Date(2024, 0, 2).toISOString(), now)).toMatch(/2024/);
    expect(formatListDate("nonsense", now)).toBe("");
  });

  test("sizes have a unit", () => {
    expect(formatSize(1_500_000)).toMatch(/^1[.,]5/);
    expect(formatSize(12)).toMatch(/^12/);
  });
});
