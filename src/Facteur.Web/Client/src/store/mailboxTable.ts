import { computed, signal, type ReadonlySignal } from "@preact/signals";
import { MethodError, type JmapClient } from "../jmap/client";
import type { ChangesAnswer, GetAnswer, Id, Mailbox, MailboxRole } from "../jmap/types";
import { nameOfMailbox } from "./mailboxNames";
import type { Places } from "./patches";

/** The order of roles in the left column (mailboxes of no role follow, by name). */
const roleOrder: readonly (MailboxRole | null)[] = ["inbox", "flagged", "important", "sent", "drafts", "archive", "junk", "trash", "all"];

/** The mailboxes of the account and their counts. */
export class MailboxTable {
  private readonly byId = signal<ReadonlyMap<Id, Mailbox>>(new Map());
  private state: string | undefined;

  constructor(private readonly client: JmapClient) {}

  readonly all: ReadonlySignal<readonly Mailbox[]> = computed(() => [...this.byId.value.values()].sort(compare));

  get(id: Id): Mailbox | undefined {
    return this.byId.value.get(id);
  }

  ofRole(role: MailboxRole): Mailbox | undefined {
    return this.all.value.find((one) => one.role === role);
  }

  places(): Places {
    const id = (role: MailboxRole) => this.ofRole(role)?.id;
    return { inbox: id("inbox"), archive: id("archive"), junk: id("junk"), trash: id("trash"), drafts: id("drafts"), sent: id("sent") };
  }

  /** Names from the top, as people are shown them: "Clients/Durand". */
  pathOf(mailbox: Mailbox): string {
    const names = [nameOfMailbox(mailbox)];
    for (let parent = mailbox.parentId; parent !== null && names.length < 50; ) {
      const above = this.byId.value.get(parent);
      if (above === undefined) break;
      names.unshift(nameOfMailbox(above));
      parent = above.parentId;
    }
    return names.join("/");
  }

  async load(): Promise<void> {
    const answer = await this.client.call<GetAnswer<Mailbox>>("Mailbox/get", { ids: null });
    this.state = answer.state;
    this.byId.value = new Map(answer.list.map((one) => [one.id, one]));
  }

  /** Only what changed since; all of it where the server cannot tell (RFC 8621 §2.2). */
  async sync(): Promise<void> {
    if (this.state === undefined) return this.load();
    try {
      const ids = (path: string) => ({ resultOf: "changes", name: "Mailbox/changes", path });
      const [changes, created, updated] = (await this.client.together([
        ["Mailbox/changes", { sinceState: this.state, maxChanges: 500 }, "changes"],
        ["Mailbox/get", { "#ids": ids("/created") }, "created"],
        ["Mailbox/get", { "#ids": ids("/updated"), "#properties": ids("/updatedProperties") }, "updated"],
      ])) as [ChangesAnswer, GetAnswer<Mailbox>, GetAnswer<Partial<Mailbox> & { id: Id }>];
      if (changes.hasMoreChanges) return await this.load();
      this.take(changes, created.list, updated.list);
    } catch (error) {
      if (!(error instanceof MethodError)) throw error;
      await this.load();
    }
  }

  private take(changes: ChangesAnswer, created: readonly Mailbox[], updated: readonly (Partial<Mailbox> & { id: Id })[]): void {
    this.state = changes.newState;
    if (created.length + updated.length + changes.destroyed.length === 0) return;
    const next = new Map(this.byId.peek());
    for (const one of created) next.set(one.id, one);
    for (const one of updated) {
      const before = next.get(one.id);
      if (before !== undefined) next.set(one.id, { ...before, ...one });
    }
    for (const id of changes.destroyed) next.delete(id);
    this.byId.value = next;
  }
}

function compare(a: Mailbox, b: Mailbox): number {
  return rank(a) - rank(b) || a.sortOrder - b.sortOrder || a.name.localeCompare(b.name);
}

function rank(mailbox: Mailbox): number {
  const at = roleOrder.indexOf(mailbox.role);
  return mailbox.role === null || at < 0 ? roleOrder.length : at;
}
