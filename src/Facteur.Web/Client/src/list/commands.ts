import { openCompose } from "../compose/open";
import { go, placeOf, route } from "../app/router";
import { mailboxOf } from "../app/places";
import type { Id } from "../jmap/types";
import { bindAll } from "../shortcuts/registry";
import type { Deed, Deeds } from "../store/actions";
import type { MailStore } from "../store/mailStore";
import type { Targets } from "../store/targets";
import type { ListController } from "./controller";

export type Act = "archive" | "trash" | "junk" | "notJunk" | "read" | "unread" | "star" | "unstar" | "important" | "notImportant" | "mute" | "remove";

/** What opens the menu of more actions of a bar. */
export function openMoreMenu(button: string): () => void {
  return () => document.querySelector<HTMLElement>(button)?.click();
}

/** What the list's buttons and keys do, to the rows that are selected or the one with the focus. */
export class ListCommands {
  constructor(private readonly store: MailStore, private readonly list: ListController, private readonly askDestroy: (count: number, run: () => void) => void) {}

  /** All emails of the conversations that an action is about: of the rows given, else of those selected or with the focus. */
  targets(rows?: readonly Id[]): Targets | undefined {
    const emailIds = [...new Set((rows ?? this.list.targetRows()).flatMap((id) => this.store.row(id)?.emailIds ?? [id]))];
    // A button of a row is about that row, whatever else is selected.
    const query = rows === undefined && this.list.selection.peek().isAll ? this.store.list.peek().query.filter : undefined;
    return emailIds.length === 0 ? undefined : { emailIds, query, done: () => this.list.clear() };
  }

  open(id: Id): void {
    const row = this.store.row(id);
    if (row === undefined) return;
    this.list.focusRow(id);
    const here = route.peek();
    if (mailboxOf(this.store, here)?.role === "drafts") openCompose({ kind: "draft", emailId: id });
    else go({ ...placeOf(here), threadId: row.threadId });
  }

  openFocused(): void {
    const id = this.list.focused.peek();
    if (id !== undefined) this.open(id);
  }

  /** Does it to the rows given, else to those selected or with the focus. */
  act(act: Act, given?: readonly Id[]): void {
    const mailbox = mailboxOf(this.store, route.peek());
    const selection = this.list.selection.peek();
    const isBin = mailbox?.role === "trash" || mailbox?.role === "junk";
    const isAll = given === undefined && selection.isAll;
    if (isAll && act === "trash" && isBin) return this.empty();
    if (isAll) return this.actOnQuery(act);
    const rows = given ?? this.list.targetRows();
    if (rows.length === 0) return;
    const emailIds = this.emailsOf(act, rows);
    const done = () => { if (rows.length > 1 || selection.ids.has(rows[0]!)) this.list.clear(); };
    if (act === "trash" && isBin) return this.destroy(emailIds.filter((id) => this.store.email(id)?.mailboxIds[mailbox!.id] === true), done);
    const deed = this.deedOf(act);
    if (deed === undefined) return;
    done();
    void this.store.actions.run(emailIds, deed);
  }

  /** Deletes all that is shown for good, once that is confirmed. */
  empty(): void {
    const { query } = this.store.list.peek();
    const count = (query.mailboxId === undefined ? undefined : this.store.mailbox(query.mailboxId)?.totalEmails) ?? this.store.list.peek().list.total;
    this.askDestroy(count, () => {
      this.list.clear();
      void import("../store/bulk").then(({ destroyQuery }) => destroyQuery(this.store, query.filter));
    });
  }

  private destroy(emailIds: readonly Id[], done: () => void): void {
    this.askDestroy(emailIds.length, () => {
      done();
      void this.store.actions.destroy(emailIds);
    });
  }

  bindKeys(): () => void {
    const { list } = this;
    const act = (one: Act) => () => this.act(one);
    return bindAll("list", [
      ["next", ["j"], "keys.next", () => list.step(1)],
      ["previous", ["k"], "keys.previous", () => list.step(-1)],
      ["open", ["o", "Enter"], "keys.open", () => this.openFocused()],
      ["select", ["x"], "keys.select", () => list.toggleFocused()],
      ["star", ["s"], "list.star", () => this.toggleStar()],
      ["archive", ["e"], "list.archive", act("archive")],
      ["delete", ["#", "Delete"], "list.delete", act("trash")],
      ["junk", ["!"], "list.junk", () => this.act(mailboxOf(this.store, route.peek())?.role === "junk" ? "notJunk" : "junk")],
      ["markRead", ["Shift+i"], "list.markRead", act("read")],
      ["markUnread", ["Shift+u"], "list.markUnread", act("unread")],
      ["important", ["+", "="], "list.important", act("important")],
      ["notImportant", ["-"], "list.notImportant", act("notImportant")],
      ["mute", ["m"], "list.mute", act("mute")],
      ["remove", ["y"], "keys.remove", act("remove")],
      ["more", ["."], "list.more", openMoreMenu(".list .toolbar .more-menu > button")],
      ["selectAll", ["* a"], "list.selectAll", () => list.selectKnown(() => true)],
      ["selectNone", ["* n", "Escape"], "list.selectNone", () => list.clear()],
      ["selectRead", ["* r"], "keys.selectRead", () => list.selectKnown((id) => this.store.row(id)?.isUnread === false)],
      ["selectUnread", ["* u"], "keys.selectUnread", () => list.selectKnown((id) => this.store.row(id)?.isUnread === true)],
      ["selectStarred", ["* s"], "keys.selectStarred", () => list.selectKnown((id) => this.store.row(id)?.isStarred === true)],
    ]);
  }

  toggleStar(rows?: readonly Id[]): void {
    const all = (rows ?? this.list.targetRows()).map((id) => this.store.row(id)).filter((row) => row !== undefined);
    if (all.length > 0) this.act(all.every((row) => row.isStarred) ? "unstar" : "star", rows);
  }

  /** Does something to all that is shown, selected or not. */
  actOnQuery(act: Act): void {
    const deed = this.deedOf(act);
    if (deed === undefined) return;
    const { filter } = this.store.list.peek().query;
    this.list.clear();
    void import("../store/bulk").then(({ runOnQuery }) => runOnQuery(this.store, filter, deed));
  }

  /** A star, and the mark of being unread, go to the email that the row shows; the rest to the whole conversation. */
  private emailsOf(act: Act, rows: readonly Id[]): readonly Id[] {
    return act === "star" || act === "unread" ? rows : this.targets(rows)?.emailIds ?? [];
  }

  private deedOf(act: Act): Deed | undefined {
    const { deeds } = this.store.actions;
    const simple: Readonly<Record<Exclude<Act, "remove">, (deeds: Deeds) => Deed>> = {
      archive: (of) => of.archive(), trash: (of) => of.trash(), junk: (of) => of.junk(), notJunk: (of) => of.notJunk(), read: (of) => of.read(true), unread: (of) => of.read(false),
      star: (of) => of.star(true), unstar: (of) => of.star(false), important: (of) => of.important(true), notImportant: (of) => of.important(false), mute: (of) => of.mute(true),
    };
    return act === "remove" ? this.removal(deeds) : simple[act](deeds);
  }

  /** `y`: out of what is shown, whatever it is. */
  private removal(deeds: Deeds): Deed | undefined {
    const here = route.peek();
    if (here.kind === "starred") return deeds.star(false);
    const mailbox = mailboxOf(this.store, here);
    if (mailbox?.role === "inbox") return deeds.archive();
    return mailbox !== undefined && mailbox.role === null ? deeds.label(mailbox.id, false) : undefined;
  }
}
