import { signal } from "@preact/signals";
import type { Id } from "../jmap/types";
import { saveDraft, withParts } from "./draftRequests";
import { DraftSaver, type SaveState } from "./draftSaver";
import { newMessageId, toEmailJson } from "./emailJson";
import { isTemporary, RefusedError } from "./errors";
import { dropLeft, writeLeft } from "./leaving";
import { dropDraft, keepDraft } from "./localStore";
import { emptyContent, isBlank, newKey, type Attachment, type DraftContent } from "./model";
import type { Desk } from "./desk";
import type { UploadState } from "./uploads";

/** A window as it is kept in this browser. */
export interface KeptComposition {
  readonly key: string;
  readonly content: DraftContent;
  readonly messageId: string;
  readonly emailId: Id | null;
  readonly isDirty: boolean;
  readonly isUncertain: boolean;
  readonly mayBeSent: boolean;
  readonly at: number;
}

export interface SaveStatus {
  readonly state: SaveState;
  readonly at: Date | null;
  readonly error: unknown;
}

export type Shape = "open" | "minimised" | "full";

const keepMilliseconds = 400;

/** A message being written: its content, its draft on the server and the copy in this browser. */
export class Composition {
  readonly content = signal<DraftContent>(emptyContent);
  readonly shape = signal<Shape>("open");
  readonly status = signal<SaveStatus>({ state: "unchanged", at: null, error: null });
  readonly uploads = signal<ReadonlyMap<string, UploadState>>(new Map());
  /** Why it was not sent. */
  readonly fault = signal<string | null>(null);
  /** Counts what replaces the content from outside of the editor. */
  readonly edition = signal(0);
  /** Takes what the editor holds; set while one is shown. */
  collect: () => void = () => undefined;
  /** Changes the signature in the editor; set with it. */
  swapSignature: (before: string | null, after: string | null) => void = () => undefined;
  messageId: string;
  emailId: Id | null;
  isUncertain: boolean;
  /** An attempt to send it was not answered. */
  mayBeSent: boolean;
  private untouched: DraftContent;
  private saver: DraftSaver;
  private keepTimer: ReturnType<typeof setTimeout> | undefined;
  private isClosed = false;

  constructor(private readonly desk: Desk, content: DraftContent, known: Partial<KeptComposition> = {}, readonly key = known.key ?? newKey()) {
    this.content.value = content;
    this.untouched = content;
    this.emailId = known.emailId ?? null;
    this.isUncertain = known.isUncertain ?? false;
    this.mayBeSent = known.mayBeSent ?? false;
    this.messageId = known.messageId ?? newMessageId(this.identity?.email ?? desk.client.session.username);
    this.saver = this.newSaver();
    if (known.isDirty === true) this.saver.touch();
  }

  get identity() {
    return this.desk.knownSender(this.content.peek());
  }

  get isDirty(): boolean {
    return this.saver.isDirty;
  }

  /** Nothing was written and nothing is on the server. */
  get isBlank(): boolean {
    return this.emailId === null && !this.isUncertain && isBlank(this.content.peek(), this.untouched);
  }

  /** What the editor made of the first content is no change. */
  settle(content: Partial<DraftContent>): void {
    if (this.saver.isDirty) return;
    this.content.value = { ...this.content.peek(), ...content };
    this.untouched = this.content.peek();
  }

  change(patch: Partial<DraftContent>): void {
    const before = this.content.peek();
    if ((Object.keys(patch) as (keyof DraftContent)[]).every((name) => before[name] === patch[name])) return;
    this.content.value = { ...before, ...patch };
    if (this.isBlank) return;
    this.saver.touch();
    this.keepSoon();
  }

  /** Replaces the text as well: the editor begins anew. */
  replace(patch: Partial<DraftContent>): void {
    this.change(patch);
    this.edition.value++;
  }

  setAttachments(change: (all: readonly Attachment[]) => readonly Attachment[]): void {
    this.change({ attachments: change(this.content.peek().attachments) });
  }

  setUpload(key: string, state: UploadState | null): void {
    const states = new Map(this.uploads.peek());
    if (state === null) states.delete(key);
    else states.set(key, state);
    this.uploads.value = states;
  }

  /** Saves what is not saved; an error shows in the status. */
  async flush(): Promise<void> {
    this.collect();
    await this.keep();
    await this.saver.flush();
  }

  /** The window is gone: what runs ends, nothing more is saved. */
  async stop(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.keepTimer);
    await this.saver.stop();
  }

  /** Written on after all: the sending was taken back or refused. */
  resume(): void {
    this.isClosed = false;
    this.saver = this.newSaver();
    this.edition.value++;
  }

  touch(): void {
    this.saver.touch();
    this.keepSoon();
  }

  async dropLocal(): Promise<void> {
    clearTimeout(this.keepTimer);
    dropLeft(this.desk.client.accountId, this.key);
    await dropDraft(this.desk.client.accountId, this.key).catch(() => undefined);
  }


  /** Keeps it in this browser, now. */
  async keep(): Promise<void> {
    clearTimeout(this.keepTimer);
    if (this.isClosed || this.isBlank) return;
    await keepDraft(this.desk.client.accountId, this.key, this.toKeep()).catch(() => undefined);
  }

  /** The page goes away: there is no time for the store, which answers later. */
  leave(): void {
    void this.keep();
    if (!this.isClosed && !this.isBlank && this.isDirty) writeLeft(this.desk.client.accountId, this.key, this.toKeep());
  }

  private toKeep(): KeptComposition {
    const { key, messageId, emailId, isDirty, isUncertain, mayBeSent } = this;
    return { key, content: this.content.peek(), messageId, emailId, isDirty, isUncertain, mayBeSent, at: Date.now() };
  }

  private keepSoon(): void {
    clearTimeout(this.keepTimer);
    this.keepTimer = setTimeout(() => void this.keep(), keepMilliseconds);
  }

  private newSaver(): DraftSaver {
    return new DraftSaver(() => this.save(), isTemporary, (state, error) => {
      this.status.value = { state, error, at: state === "saved" ? new Date() : this.status.peek().at };
    });
  }

  private async save(): Promise<void> {
    this.collect();
    const identity = await this.desk.senderOf(this.content.peek());
    const draftsId = this.desk.places?.drafts;
    if (identity === undefined || draftsId === undefined) throw new RefusedError({ type: "forbiddenToSend", description: "no identity" });
    const content = this.content.peek();
    const email = toEmailJson(content, identity, { mailboxIds: { [draftsId]: true }, keywords: { $draft: true, $seen: true }, messageId: this.messageId }, true);
    try {
      const saved = await saveDraft(this.desk.client, { email, messageId: this.messageId, previous: this.emailId, isUncertain: this.isUncertain, draftsId });
      this.emailId = saved.emailId;
      this.isUncertain = false;
      this.content.value = { ...this.content.peek(), attachments: withParts(this.content.peek().attachments, saved.parts) };
    } catch (error) {
      if (isTemporary(error)) this.isUncertain = true;
      if (error instanceof RefusedError && error.error.type === "blobNotFound") this.desk.attaching.uploadAgain(this);
      throw error;
    } finally {
      // With the number of the new version, and that there is nothing to save.
      this.keepSoon();
    }
  }
}
