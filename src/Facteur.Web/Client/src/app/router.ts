import { signal, type ReadonlySignal } from "@preact/signals";
import type { Id } from "../jmap/types";

/** What the list shows. */
export type Place =
  | { readonly kind: "inbox" | "starred" | "snoozed" | "all" }
  | { readonly kind: "mailbox"; readonly mailboxId: Id }
  | { readonly kind: "search"; readonly text: string };

/** A place, and the conversation that is open in it. */
export type Route = Place & { readonly threadId?: Id | undefined };

const plain = ["inbox", "starred", "snoozed", "all"] as const;

/** Reads the part of the address after "#"; what cannot be read is the inbox. */
export function parseRoute(hash: string): Route {
  const parts = hash.replace(/^#?\/?/, "").split("/").map(decode);
  const kind = parts[0];
  const isLong = kind === "m" || kind === "search";
  const rest = parts.slice(isLong ? 2 : 1);
  const threadId = rest[0] === "t" && rest[1] ? rest[1] : undefined;
  if (kind === "m" && parts[1]) return { kind: "mailbox", mailboxId: parts[1], threadId };
  if (kind === "search" && parts[1]) return { kind: "search", text: parts[1], threadId };
  return { kind: plain.find((one) => one === kind) ?? "inbox", threadId };
}

export function formatRoute(route: Route): string {
  const place = route.kind === "mailbox" ? `m/${encodeURIComponent(route.mailboxId)}` : route.kind === "search" ? `search/${encodeURIComponent(route.text)}` : route.kind;
  return `#/${place}${route.threadId === undefined ? "" : `/t/${encodeURIComponent(route.threadId)}`}`;
}

/** The same place without an open conversation. */
export function placeOf(route: Route): Route {
  return { ...route, threadId: undefined };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const current = signal<Route>(parseRoute(typeof location === "undefined" ? "" : location.hash));

if (typeof addEventListener !== "undefined") addEventListener("hashchange", () => (current.value = parseRoute(location.hash)));

export const route: ReadonlySignal<Route> = current;

/** Goes there; the browser's "back" returns. */
export function go(to: Route): void {
  const hash = formatRoute(to);
  if (location.hash === hash) return;
  history.pushState(null, "", hash);
  current.value = to;
}

/** Goes there in place of a route that leads nowhere, so that "back" does not come to it again; whoever is on the way to somewhere else by now is left to that. */
export function leaveFor(from: Route, to: Route): void {
  if (formatRoute(placeOf(parseRoute(location.hash))) !== formatRoute(placeOf(from))) return;
  history.replaceState(null, "", formatRoute(to));
  current.value = to;
}
