// Cards of the address book (RFC 9610, RFC 9553) as far as writing needs them.
import type { Id } from "../jmap/types";

export interface BookEntry {
  readonly id: Id;
  readonly name: string | null;
  /** The preferred one first. */
  readonly emails: readonly string[];
}

/** What is asked of a card. It may come from any program: nothing of it is sure to be of the shape that it should have. */
export interface Card {
  readonly id: Id;
  readonly name?: unknown;
  readonly nicknames?: unknown;
  readonly organizations?: unknown;
  readonly emails?: unknown;
}

export const cardProperties = ["name", "nicknames", "organizations", "emails"];

/** Null for a card that nobody can be written to by. */
export function entryOf(card: Card): BookEntry | null {
  const emails = values(card.emails)
    .map((one) => ({ address: text(one["address"]).trim(), pref: typeof one["pref"] === "number" ? one["pref"] : 101 }))
    .filter(({ address }) => address.includes("@"))
    .sort((a, b) => a.pref - b.pref)
    .map(({ address }) => address);
  return emails.length === 0 ? null : { id: card.id, name: nameOf(card), emails: [...new Set(emails)] };
}

function nameOf(card: Card): string | null {
  const name = record(card.name);
  const parts = Array.isArray(name["components"]) ? (name["components"] as unknown[]).map(record).filter((one) => one["kind"] !== "separator").map((one) => text(one["value"])) : [];
  const names = [text(name["full"]), parts.join(" "), ...values(card.nicknames).map((one) => text(one["name"])), ...values(card.organizations).map((one) => text(one["name"]))];
  return names.map((one) => one.replace(/\s+/gu, " ").trim()).find((one) => one !== "") ?? null;
}

function values(map: unknown): Readonly<Record<string, unknown>>[] {
  return Object.values(record(map)).map(record);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
