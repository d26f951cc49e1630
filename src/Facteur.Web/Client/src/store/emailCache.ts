import { signal, type ReadonlySignal } from "@preact/signals";
import type { EmailHeader, Id, Thread } from "../jmap/types";
import { patched, type EmailPatch } from "./patches";

/** Properties of an email that change, and no others. */
export const mutableProperties = ["id", "keywords", "mailboxIds", "snoozedUntil", "returnedAt"] as const;

export type Mutable = Pick<EmailHeader, (typeof mutableProperties)[number]>;

/** Patches that were sent and not answered yet. */
export interface Overlay {
  /** The server took them, but for those of `refused`. */
  settle(refused: ReadonlySet<Id>): void;
}

/**
 * Emails and threads that are known, as the server has them, with what was asked of it laid over them: an answer that is older than an action does not
 * flash up between. Bounded: what was not looked at for longest goes first.
 */
export class EmailCache {
  private readonly emails = new Map<Id, EmailHeader>();
  private readonly threads = new Map<Id, Thread>();
  private readonly overlays = new Set<ReadonlyMap<Id, EmailPatch>>();
  private readonly shown = new Map<Id, EmailHeader>();
  private readonly changes = signal(0);

  constructor(private readonly maxEmails = 5_000) {}

  /** Another number after each change. */
  get version(): ReadonlySignal<number> {
    return this.changes;
  }

  email(id: Id): EmailHeader | undefined {
    return this.shown.get(id) ?? this.emails.get(id);
  }

  thread(id: Id): Thread | undefined {
    return this.threads.get(id);
  }

  /** Ids of all that is known. */
  knownEmails(ids: readonly Id[]): readonly Id[] {
    return ids.filter((id) => this.emails.has(id));
  }

  put(emails: readonly EmailHeader[], threads: readonly Thread[] = []): void {
    for (const email of emails) {
      this.emails.delete(email.id);
      this.emails.set(email.id, email);
      this.show(email.id);
    }
    for (const thread of threads) this.threads.set(thread.id, thread);
    this.trim();
    this.changes.value++;
  }

  /** The parts of emails that can change (RFC 8621 §4.1.1). */
  update(mutable: readonly Mutable[]): void {
    for (const changed of mutable) {
      const email = this.emails.get(changed.id);
      if (email === undefined) continue;
      this.emails.set(changed.id, { ...email, ...changed });
      this.show(changed.id);
    }
    this.changes.value++;
  }

  remove(emailIds: readonly Id[], threadIds: readonly Id[] = []): void {
    for (const id of emailIds) {
      this.emails.delete(id);
      this.shown.delete(id);
    }
    for (const id of threadIds) this.threads.delete(id);
    this.changes.value++;
  }

  clear(): void {
    this.emails.clear();
    this.threads.clear();
    this.shown.clear();
    this.changes.value++;
  }

  overlay(patches: ReadonlyMap<Id, EmailPatch>): Overlay {
    this.overlays.add(patches);
    for (const id of patches.keys()) this.show(id);
    this.changes.value++;
    return {
      settle: (refused) => {
        this.overlays.delete(patches);
        for (const [id, patch] of patches) {
          const email = this.emails.get(id);
          if (email !== undefined && !refused.has(id)) this.emails.set(id, patched(email, patch));
          this.show(id);
        }
        this.changes.value++;
      },
    };
  }

  private show(id: Id): void {
    const email = this.emails.get(id);
    let result = email;
    for (const overlay of this.overlays) {
      const patch = overlay.get(id);
      if (patch !== undefined && result !== undefined) result = patched(result, patch);
    }
    if (result === undefined || result === email) this.shown.delete(id);
    else this.shown.set(id, result);
  }

  private trim(): void {
    if (this.emails.size <= this.maxEmails) return;
    const threads = new Set<Id>();
    for (const [id, email] of this.emails) {
      if (this.emails.size <= this.maxEmails) break;
      if (this.shown.has(id)) continue;
      this.emails.delete(id);
      threads.add(email.threadId);
    }
    for (const id of threads) this.threads.delete(id);
  }
}
