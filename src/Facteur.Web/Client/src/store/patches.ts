import type { EmailHeader, Id } from "../jmap/types";

/** A patch of keywords and mailboxes (RFC 8620 §5.3): "keywords/$seen": true, "mailboxIds/m3": null. */
export type EmailPatch = Readonly<Record<string, true | null>>;

/** Mailboxes with a meaning of their own, by role. */
export interface Places {
  readonly inbox?: Id | undefined;
  readonly archive?: Id | undefined;
  readonly junk?: Id | undefined;
  readonly trash?: Id | undefined;
  readonly drafts?: Id | undefined;
  readonly sent?: Id | undefined;
}

/** What an action does to one email. */
export type Plan = (email: Pick<EmailHeader, "mailboxIds" | "keywords">) => EmailPatch;

/** Applies a patch; the email itself when nothing changes. */
export function patched<T extends Pick<EmailHeader, "mailboxIds" | "keywords">>(email: T, patch: EmailPatch): T {
  const keywords: Record<string, true> = { ...email.keywords };
  const mailboxIds: Record<string, true> = { ...email.mailboxIds };
  for (const [path, value] of Object.entries(patch)) {
    const slash = path.indexOf("/");
    const set = path.slice(0, slash) === "keywords" ? keywords : mailboxIds;
    const name = unescape(path.slice(slash + 1));
    if (value === null) delete set[name];
    else set[name] = true;
  }
  return { ...email, keywords, mailboxIds };
}

/** What of a patch changes anything; undefined for nothing. */
export function effective(email: Pick<EmailHeader, "mailboxIds" | "keywords">, patch: EmailPatch): EmailPatch | undefined {
  const entries = Object.entries(patch).filter(([path, value]) => {
    const slash = path.indexOf("/");
    const set = path.slice(0, slash) === "keywords" ? email.keywords : email.mailboxIds;
    return (set[unescape(path.slice(slash + 1))] === true) !== (value === true);
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Undoes a patch of which every entry changed something. */
export function inverse(patch: EmailPatch): EmailPatch {
  return Object.fromEntries(Object.entries(patch).map(([path, value]) => [path, value === true ? null : true] as const));
}

export function keyword(name: string, on: boolean): Plan {
  return () => ({ [`keywords/${escape(name)}`]: on ? true : null });
}

/** Takes an email out of mailboxes and puts it into one; one that would be nowhere is archived instead (RFC 8621 §4: at least one). */
function relocate(email: Pick<EmailHeader, "mailboxIds">, from: readonly (Id | undefined)[], to: Id | undefined, fallback: Id | undefined): EmailPatch {
  const patch: Record<string, true | null> = {};
  for (const id of from) if (id !== undefined && email.mailboxIds[id] === true && id !== to) patch[mailboxPath(id)] = null;
  if (to !== undefined) patch[mailboxPath(to)] = true;
  const staysSomewhere = to !== undefined || Object.keys(email.mailboxIds).some((id) => patch[mailboxPath(id)] !== null);
  if (staysSomewhere) return patch;
  if (fallback === undefined || patch[mailboxPath(fallback)] === null) return {};
  return { ...patch, [mailboxPath(fallback)]: true };
}

export function archive(places: Places): Plan {
  return (email) => relocate(email, [places.inbox, places.junk, places.trash], undefined, places.archive);
}

export function trash(places: Places): Plan {
  return (email) => (places.trash === undefined ? {} : relocate(email, Object.keys(email.mailboxIds), places.trash, undefined));
}

export function junk(places: Places): Plan {
  return (email) => (places.junk === undefined ? {} : { ...relocate(email, Object.keys(email.mailboxIds), places.junk, undefined), "keywords/$junk": true, "keywords/$notjunk": null });
}

export function notJunk(places: Places): Plan {
  return (email) => ({ ...relocate(email, [places.junk, places.trash], places.inbox, undefined), "keywords/$junk": null, "keywords/$notjunk": true });
}

/** Out of where it lay (the mailbox that is shown, and those an email is in by its standing), into another; its labels stay. */
export function move(places: Places, to: Id, shown: Id | undefined): Plan {
  return (email) => {
    const isLeavingJunk = places.junk !== undefined && email.mailboxIds[places.junk] === true && to !== places.junk && to !== places.trash;
    const patch = relocate(email, [places.inbox, places.archive, places.junk, places.trash, shown], to, undefined);
    return isLeavingJunk ? { ...patch, "keywords/$junk": null, "keywords/$notjunk": true } : patch;
  };
}

export function label(places: Places, mailboxId: Id, on: boolean): Plan {
  return (email) => (on ? { [mailboxPath(mailboxId)]: true } : relocate(email, [mailboxId], undefined, places.archive));
}

export function mute(places: Places, on: boolean): Plan {
  return (email) => ({ ...(on ? archive(places)(email) : {}), "keywords/$muted": on ? true : null });
}

function mailboxPath(id: Id): string {
  return `mailboxIds/${escape(id)}`;
}

/** RFC 6901 §3. */
function escape(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

function unescape(name: string): string {
  return name.replaceAll("~1", "/").replaceAll("~0", "~");
}
