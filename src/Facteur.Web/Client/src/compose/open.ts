// The door to writing: small, loaded with the page. What is behind it is loaded when somebody first writes.
import { signal } from "@preact/signals";
import { holdKeys } from "../shortcuts/hold";
import type { EmailAddress, Id } from "../jmap/types";
import type { MailStore } from "../store/mailStore";

export type ComposeRequest =
  | { readonly kind: "new"; readonly to?: readonly EmailAddress[]; readonly subject?: string; readonly text?: string; readonly isFull?: boolean }
  | { readonly kind: "draft"; readonly emailId: Id }
  | { readonly kind: "reply" | "replyAll" | "forward"; readonly emailId: Id };

/** Whether the dock is wanted: the shell loads it then. */
export const isDockWanted = signal(false);
/** Whether it is there. */
export const isDockThere = signal(false);
/** What was asked for before the dock was there. */
export const requested: { readonly request: ComposeRequest; readonly tell: (isOpen: boolean | Promise<boolean>) => void }[] = [];
/** Set by the dock. */
export const dock: {
  /** Answers whether the window is open. */
  open: ((request: ComposeRequest) => Promise<boolean>) | null;
  showScheduled: (() => void) | null;
  /** Brings up what can be brought up. */
  settle: (() => Promise<void>) | null;
  /** Closes all windows without a trace. */
  abandon: (() => Promise<void>) | null;
} = { open: null, showScheduled: null, settle: null, abandon: null };
let wantsScheduled = false;

/** The address of a page that is for writing; behind it may stand a mailto: address. */
export const composeHash = "#/compose";

/** What the page was opened for, if it is to write. */
export function composeAsked(hash: string): ComposeRequest | undefined {
  if (hash !== composeHash && !hash.startsWith(`${composeHash}/`)) return undefined;
  const address = decode(hash.slice(composeHash.length + 1));
  const request = readMailto(/^mailto:/iu.test(address) ? address : "");
  return request.kind === "new" ? { ...request, isFull: true } : request;
}

/** Opens a window to write in; what is typed until it is there is for it. */
export function openCompose(request: ComposeRequest): void {
  holdKeys(dock.open !== null ? dock.open(request) : new Promise((tell) => requested.push({ request, tell })));
  isDockWanted.value = true;
}

/** The dock could not be loaded: whoever asked for it may ask again. */
export function dockFailed(): void {
  isDockWanted.value = false;
  for (const { tell } of requested.splice(0)) tell(false);
}

/** Shows what waits to be sent at a time that was chosen. */
export function openScheduled(): void {
  if (dock.showScheduled !== null) return dock.showScheduled();
  wantsScheduled = true;
  isDockWanted.value = true;
}

export function takeScheduledWish(): boolean {
  const wish = wantsScheduled;
  wantsScheduled = false;
  return wish;
}

/** Looks once, when the page has nothing better to do, whether a crash left something here: only then is the dock loaded. */
export async function restoreCompose(store: MailStore): Promise<void> {
  const [{ keptDrafts, keptOutgoing }, { hasLeft }] = await Promise.all([import("./localStore"), import("./leaving")]);
  const account = store.client.accountId;
  const [drafts, outgoing] = await Promise.all([keptDrafts(account), keptOutgoing(account)]).catch(() => [[], []]);
  if (drafts.length + outgoing.length > 0 || hasLeft(account)) isDockWanted.value = true;
}

/** An address of "mailto:" as a new message (RFC 6068 §2): none of its fields but these. */
export function readMailto(url: string): ComposeRequest {
  const [path = "", query = ""] = url.replace(/^mailto:/iu, "").split("?", 2);
  const fields = new URLSearchParams(query.replace(/\+/gu, "%2B"));
  const addresses = [path, ...fields.getAll("to")].flatMap((one) => one.split(",")).map(decode).filter((one) => one.includes("@"));
  return { kind: "new", to: addresses.map((email) => ({ name: null, email: email.trim() })), subject: fields.get("subject") ?? "", ...(fields.has("body") ? { text: fields.get("body") ?? "" } : {}) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
