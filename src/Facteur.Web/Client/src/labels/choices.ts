import type { EmailHeader, Id, Mailbox } from "../jmap/types";
import { fold } from "../i18n/fold";

/** A mailbox that conversations can be put into. */
export interface Choice {
  readonly id: Id;
  readonly path: string;
  readonly color: string | null;
  readonly role: Mailbox["role"];
}

/** How many of the emails have a label. */
export type Mark = "all" | "some" | "none";

/** Roles that mail is moved to by hand, in the order in which they stand before labels. */
const movable: readonly Mailbox["role"][] = ["inbox", "archive", "junk", "trash"];

/** Labels are what has no use of its own; moved may be to those places as well. */
export function choicesOf(mailboxes: readonly Mailbox[], pathOf: (mailbox: Mailbox) => string, isMove: boolean): readonly Choice[] {
  const usable = mailboxes.filter((one) => one.myRights["mayAddItems"] === true && (one.role === null || (isMove && movable.includes(one.role))));
  return usable.map((one) => ({ id: one.id, path: pathOf(one), color: one.color ?? null, role: one.role }))
    .sort((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path));
}

/** Those that hold what is typed; names that begin with it first. */
export function matching(choices: readonly Choice[], typed: string): readonly Choice[] {
  const wanted = fold(typed.trim());
  if (wanted === "") return choices;
  const place = ({ path }: Choice) => {
    const name = fold(path);
    const last = name.slice(name.lastIndexOf("/") + 1);
    return last.startsWith(wanted) ? 0 : name.startsWith(wanted) ? 1 : new RegExp(`(^|[^\\p{L}\\p{N}])${escape(wanted)}`, "u").test(name) ? 2 : name.includes(wanted) ? 3 : -1;
  };
  return choices.map((one, at) => ({ one, at, place: place(one) })).filter(({ place: found }) => found >= 0).sort((a, b) => a.place - b.place || a.at - b.at).map(({ one }) => one);
}

/** The name of a label that may be made of what is typed: "Clients/Durand" is one below another; undefined when there is one, or it is none. */
export function newName(choices: readonly Choice[], typed: string): string | undefined {
  const name = typed.split("/").map((part) => part.trim()).filter((part) => part !== "").join("/");
  return name === "" || name.length > 200 || choices.some((one) => fold(one.path) === fold(name)) ? undefined : name;
}

export function markOf(emails: readonly Pick<EmailHeader, "mailboxIds">[], id: Id): Mark {
  const count = emails.filter((email) => email.mailboxIds[id] === true).length;
  return count === 0 ? "none" : count === emails.length ? "all" : "some";
}

/** Colours for labels: told apart in light and dark, and by most who see few colours. */
export const colors = ["#c0392b", "#d35400", "#b8860b", "#5d8a1f", "#1e8449", "#148f8f", "#2471a3", "#3f51b5", "#7d3c98", "#c2417c", "#795548", "#607d8b"] as const;

/** The one that is used least. */
export function nextColor(mailboxes: readonly Pick<Mailbox, "color">[]): string {
  const used = new Map<string, number>();
  for (const { color } of mailboxes) if (color) used.set(color.toLowerCase(), (used.get(color.toLowerCase()) ?? 0) + 1);
  return [...colors].sort((a, b) => (used.get(a) ?? 0) - (used.get(b) ?? 0))[0]!;
}

function rank({ role }: Choice): number {
  const at = movable.indexOf(role);
  return at < 0 ? movable.length : at;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
