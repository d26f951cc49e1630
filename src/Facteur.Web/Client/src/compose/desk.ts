import { computed, signal } from "@preact/signals";
import { showToast } from "../app/toast";
import { formatFullDate, t } from "../i18n";
import { Capability, type JmapClient } from "../jmap/client";
import type { Id, Identity } from "../jmap/types";
import { readSettings } from "../settings/requests";
import { settings } from "../settings/settings";
import type { MailStore } from "../store/mailStore";
import { Attaching } from "./attaching";
import { beginAnswer, beginDraft, beginNew, loadEmail, type Begun } from "./beginning";
import { Composition, type KeptComposition } from "./composition";
import { Correspondents } from "./correspondents";
import type { Places } from "./deliver";
import { moveDraft } from "./draftRequests";
import { explain } from "./errors";
import { learnCorrespondents } from "./learn";
import type { BookEntry } from "../contacts/book";
import { learnBook } from "../contacts/learnBook";
import { bookVersion } from "../contacts/version";
import { takeLeft } from "./leaving";
import { keptDrafts } from "./localStore";
import type { ComposeMode, DraftContent } from "./model";
import type { ComposeRequest } from "./open";
import { Sending } from "./sending";

/** A window whose page was left less than this ago opens again when it is loaded again. */
const reopenMilliseconds = 600_000;
/** An address book that was looked at less than this ago is not asked about again when another window opens. */
const bookMilliseconds = 60_000;
const modeKey = "facteur.composeMode";

/** Where one writes: the windows that are open, and what they share. */
export class Desk {
  readonly windows = signal<readonly Composition[]>([]);
  readonly people = signal(new Correspondents());
  /** Seconds in which a message that was sent can be taken back: a setting of the account. */
  readonly undoSeconds = computed(() => settings.value.undoSeconds);
  readonly sending: Sending;
  readonly attaching: Attaching;
  private readonly unlock = new Map<string, () => void>();
  private learning = false;
  private book: readonly BookEntry[] = [];
  private bookAt = Number.NEGATIVE_INFINITY;
  private restoring: Promise<void> = Promise.resolve();

  constructor(readonly store: MailStore) {
    this.attaching = new Attaching(store.client, () => this.windows.peek(), () => this.limit(Capability.core, "maxSizeUpload", Number.MAX_SAFE_INTEGER));
    this.sending = new Sending(this);
    addEventListener("online", () => this.retry());
    // A server that was away is back without the browser having been off the net.
    let wasUp = store.isOnline.peek();
    store.isOnline.subscribe((isUp) => {
      if (isUp && !wasUp) this.retry();
      wasUp = isUp;
    });
    addEventListener("pagehide", () => this.keepAll());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.keepAll());
  }

  get client(): JmapClient {
    return this.store.client;
  }

  get identities(): readonly Identity[] {
    return this.store.identities.peek();
  }

  /** Who a message is from, of those known. */
  knownSender({ identityId }: Pick<DraftContent, "identityId">): Identity | undefined {
    return this.identities.find((one) => one.id === identityId) ?? this.identities[0];
  }

  /** The same; where they were not answered before they are asked for again. Rejects without a connection. */
  async senderOf(content: Pick<DraftContent, "identityId">): Promise<Identity | undefined> {
    if (this.identities.length === 0) await this.store.loadIdentities();
    return this.knownSender(content);
  }

  get places(): Places | undefined {
    const [drafts, sent] = [this.store.mailboxOf("drafts")?.id, this.store.mailboxOf("sent")?.id];
    return drafts === undefined || sent === undefined ? undefined : { drafts, sent };
  }

  get mode(): ComposeMode {
    return localStorage.getItem(modeKey) === "plain" ? "plain" : "rich";
  }

  set mode(mode: ComposeMode) {
    localStorage.setItem(modeKey, mode);
  }

  limit(capability: string, name: string, otherwise: number): number {
    const value = this.client.session.accounts[this.client.accountId]?.accountCapabilities[capability]?.[name] ?? this.client.session.capabilities[capability]?.[name];
    return typeof value === "number" ? value : otherwise;
  }

  get maxAttached(): number {
    return this.limit(Capability.mail, "maxSizeAttachmentsPerEmail", 25_000_000);
  }

  /** Answers whether there is a window for it. */
  async open(request: ComposeRequest): Promise<boolean> {
    this.learn();
    if (request.kind === "draft") {
      const known = this.windows.peek().find((one) => one.emailId === request.emailId);
      if (known !== undefined) {
        this.show(known);
        return true;
      }
    }
    try {
      await this.ready();
      const composition = this.add(await this.begin(request));
      if (request.kind === "new" && request.isFull === true) composition.shape.value = "full";
      return true;
    } catch (error) {
      showToast({ text: explain(error) });
      return false;
    }
  }

  add(begun: Begun): Composition {
    const composition = new Composition(this, begun.content, { emailId: begun.emailId, ...(begun.messageId === null ? {} : { messageId: begun.messageId }) });
    this.put(composition);
    return composition;
  }

  /** Shows a window, above others where there is no room for all. */
  put(composition: Composition): void {
    if (!this.windows.peek().includes(composition)) this.windows.value = [...this.windows.peek(), composition];
    this.show(composition);
    void this.hold(composition.key);
  }

  show(composition: Composition): void {
    if (composition.shape.peek() === "minimised") composition.shape.value = "open";
    const room = Math.max(1, Math.floor((innerWidth - 40) / 600));
    const open = this.windows.peek().filter((one) => one !== composition && one.shape.peek() === "open");
    for (const other of open.slice(0, Math.max(0, open.length + 1 - room))) other.shape.value = "minimised";
  }

  /** Takes the window away; the draft stays, unless there is nothing in it. */
  async close(composition: Composition): Promise<void> {
    composition.collect();
    this.remove(composition);
    if (composition.isBlank) return this.forget(composition);
    const wasDirty = composition.isDirty;
    await composition.flush();
    if (composition.isDirty) {
      // Offline: the copy in this browser is the only one, and goes up when the connection is back.
      showToast({ text: t("compose.keptHere"), action: { label: t("compose.open"), run: () => this.put(composition) } });
      return this.forgetOnceSaved(composition);
    }
    if (wasDirty) showToast({ text: t("compose.draftSaved") });
    await this.forget(composition);
  }

  private forgetOnceSaved(composition: Composition): void {
    const end = composition.status.subscribe((status) => {
      if (status.state !== "saved") return;
      queueMicrotask(() => {
        end();
        if (!this.windows.peek().includes(composition)) void this.forget(composition);
      });
    });
  }

  async discard(composition: Composition): Promise<void> {
    composition.collect();
    this.remove(composition);
    const wasBlank = composition.isBlank;
    await composition.stop();
    this.attaching.cancel(composition);
    await composition.dropLocal();
    if (wasBlank) return;
    const [drafts, trash] = [this.places?.drafts, this.store.mailboxOf("trash")?.id];
    const move = (from?: Id, to?: Id) => composition.emailId === null || from === undefined || to === undefined ? Promise.resolve() : moveDraft(this.client, composition.emailId, from, to);
    try {
      await move(drafts, trash);
    } catch (error) {
      return void showToast({ text: explain(error) });
    }
    const undo = () => void move(trash, drafts).then(() => this.bringBack(composition), (error: unknown) => showToast({ text: explain(error) }));
    showToast({ text: t("compose.discarded"), action: { label: t("app.undo"), run: undo } });
  }

  /** Opens a window again as it was. */
  bringBack(composition: Composition): void {
    composition.resume();
    composition.touch();
    this.put(composition);
    this.attaching.uploadMissing(composition);
  }

  remove(composition: Composition): void {
    this.windows.value = this.windows.peek().filter((one) => one !== composition);
    this.unlock.get(composition.key)?.();
    this.unlock.delete(composition.key);
  }

  async forget(composition: Composition): Promise<void> {
    await composition.stop();
    await composition.dropLocal();
    this.attaching.files.drop(composition.content.peek().attachments.map((one) => one.key));
  }

  /**
   * Opens what a crash or a lost connection left in this browser, and sends what waits.
   * @param isBeside somebody writes already: it is folded then.
   */
  restore(isBeside: boolean): Promise<void> {
    return (this.restoring = this.takeKept(isBeside));
  }

  private async takeKept(isBeside: boolean): Promise<void> {
    await this.ready();
    await this.sending.outbox.open().catch(() => undefined);
    const kept = withLeft(await keptDrafts<KeptComposition>(this.client.accountId).catch(() => []), takeLeft<KeptComposition>(this.client.accountId));
    for (const one of kept) {
      if (this.windows.peek().some((window) => window.key === one.key)) continue;
      if (!(await this.hold(one.key))) continue; // open in another page
      await this.reopen(one, isBeside);
    }
  }

  /** What writing needs besides, in the background. */
  learn(): void {
    this.learnBook();
    if (this.learning) return;
    this.learning = true;
    let version = bookVersion.peek();
    bookVersion.subscribe((now) => {
      if (now !== version) this.learnBook(true);
      version = now;
    });
    // Offline: nothing leaves now, and it is told with the next page.
    if (this.client.has(Capability.facteurSettings)) void readSettings(this.client).catch(() => undefined);
    void learnCorrespondents(this.client, this.store.mailboxOf("sent")?.id, Date.now()).then((people) => (this.people.value = people.withBook(this.book)));
  }

  /** The address book as it is now: another page or device may have changed it. */
  private learnBook(always = false): void {
    const now = Date.now();
    if (!always && now - this.bookAt < bookMilliseconds) return;
    this.bookAt = now;
    void learnBook(this.client).then((book) => {
      this.book = book;
      this.people.value = this.people.peek().withBook(book);
    });
  }

  /** Brings up all that can be brought up now; what is kept here says afterwards what could not. */
  async settle(): Promise<void> {
    await this.restoring;
    this.attaching.retry();
    await this.attaching.settled();
    await Promise.all([this.sending.outbox.flush(), ...this.windows.peek().map((one) => one.flush())]);
    for (const one of this.windows.peek()) await one.keep();
  }

  /** Whoever writes goes and leaves nothing: windows close without a word. */
  async abandon(): Promise<void> {
    const all = this.windows.peek();
    this.windows.value = [];
    for (const one of all) this.attaching.cancel(one);
    await Promise.all(all.map((one) => one.stop()));
  }

  private async reopen(kept: KeptComposition, isBeside: boolean): Promise<void> {
    const isFresh = Date.now() - kept.at < reopenMilliseconds;
    const composition = new Composition(this, kept.content, kept);
    if (!kept.isDirty && !isFresh) return composition.dropLocal();
    if (isBeside || this.windows.peek().length > 0) composition.shape.value = "minimised";
    this.windows.value = [...this.windows.peek(), composition];
    void composition.keep();
    this.attaching.uploadMissing(composition);
    if (kept.isDirty) showToast({ text: t("compose.restored", { date: formatFullDate(new Date(kept.at).toISOString()) }) });
  }

  private async begin(request: ComposeRequest): Promise<Begun> {
    if (request.kind === "new") return beginNew(this.identities[0], this.mode, request);
    const email = await loadEmail(this.client, request.emailId);
    return request.kind === "draft" ? beginDraft(email, this.identities) : beginAnswer(email, request.kind, this.identities, this.mode);
  }

  /** Identities are loaded after the first list. */
  private async ready(): Promise<void> {
    if (this.identities.length === 0) await this.store.loadRest();
  }

  private retry(): void {
    this.attaching.retry();
    void this.sending.outbox.flush();
    for (const one of this.windows.peek()) if (one.isDirty) void one.flush();
  }

  private keepAll(): void {
    for (const one of this.windows.peek()) {
      one.collect();
      one.leave();
    }
  }

  /** Marks a window as open here, so that another page does not open it as well; false when another one has it. */
  private hold(key: string): Promise<boolean> {
    if (this.unlock.has(key) || !("locks" in navigator)) return Promise.resolve(true);
    return new Promise((resolve) => {
      void navigator.locks.request(`facteur-draft-${key}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock === null ? undefined : new Promise<void>((release) => this.unlock.set(key, release));
      });
    });
  }
}

/** What was kept, with what was written down in the last moment where that is newer. */
function withLeft(kept: readonly KeptComposition[], left: readonly KeptComposition[]): readonly KeptComposition[] {
  const newer = left.filter((one) => !kept.some((other) => other.key === one.key && other.at > one.at));
  return [...kept.filter((one) => !newer.some((other) => other.key === one.key)), ...newer];
}
