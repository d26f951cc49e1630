import { batch, computed, effect, signal, untracked, type ReadonlySignal } from "@preact/signals";
import { SignedOutError, TransportError, type JmapClient } from "../jmap/client";
import type { EmailHeader, GetAnswer, Id, Identity, Mailbox, MailboxRole, Quota, Thread } from "../jmap/types";
import { settings } from "../settings/settings";
import { MailActions } from "./actions";
import { Conversations, loneMessage, threadOf, type Conversation } from "./conversations";
import { EmailCache, mutableProperties, type Mutable } from "./emailCache";
import { headerProperties, ListModel, listShape, type ListQuery, type ListState } from "./listModel";
import { Link } from "./link";
import { MailboxTable } from "./mailboxTable";
import type { EmailPatch, Places } from "./patches";
import { Sync } from "./sync";
import { UndoStack } from "./undo";

/** Rows that an action took out of the list before the server said so. */
export interface HiddenRows {
  /** The action was taken: the next word of the server about the list holds. */
  settle(): void;
  putBack(): void;
}

/** All that the page knows of the account. Views read signals of it and call its actions; nothing else speaks to the server about mail. */
export class MailStore {
  readonly cache = new EmailCache();
  readonly undo = new UndoStack();
  readonly sync: Sync;
  readonly actions: MailActions;
  private readonly table: MailboxTable;
  private readonly listModel: ListModel;
  private readonly link: Link;
  private readonly rows = new Conversations(this.cache);
  private readonly threads = new Map<Id, ReadonlySignal<readonly EmailHeader[] | undefined>>();
  private readonly allIdentities = signal<readonly Identity[]>([]);
  private readonly quota = signal<Quota | undefined>(undefined);
  private toldState: string | undefined;
  /** Messages that were asked for and are not there. */
  private readonly gone = new Set<Id>();
  private readonly stateListeners = new Set<(changed: Readonly<Record<string, string>>) => void>();

  /** @param onSignedOut the session is over: somebody must sign in again. */
  constructor(readonly client: JmapClient, private readonly onSignedOut: () => void) {
    this.table = new MailboxTable(client);
    this.listModel = new ListModel(client, this.cache, (state) => this.loadedAt(state), (error) => this.failed(error));
    this.sync = new Sync(client, this.cache, this.table, () => this.listModel);
    this.actions = new MailActions(this);
    this.link = new Link(client, (changed) => this.changed(changed), () => this.reconnected(), onSignedOut);
  }

  get mailboxes(): ReadonlySignal<readonly Mailbox[]> {
    return this.table.all;
  }

  get identities(): ReadonlySignal<readonly Identity[]> {
    return this.allIdentities;
  }

  get isOnline(): ReadonlySignal<boolean> {
    return this.link.isUp;
  }

  /** What of the account's room is used; undefined where nothing is counted. */
  get octets(): ReadonlySignal<Quota | undefined> {
    return this.quota;
  }

  get list(): ReadonlySignal<ListState> {
    return this.listModel.state;
  }

  mailbox(id: Id): Mailbox | undefined {
    return this.table.get(id);
  }

  mailboxOf(role: MailboxRole): Mailbox | undefined {
    return this.table.ofRole(role);
  }

  places(): Places {
    return this.table.places();
  }

  /** A mailbox by its name from the top. */
  nameOf(id: Id): string {
    const mailbox = this.table.get(id);
    return mailbox === undefined ? "" : this.table.pathOf(mailbox);
  }

  email(id: Id): EmailHeader | undefined {
    return this.cache.email(id);
  }

  /** The row of an email that stands for its conversation; undefined until it is loaded. */
  row(id: Id): Conversation | undefined {
    return this.rows.row(id);
  }

  /** What opens with an email of a list. */
  threadOf(id: Id): Id | undefined {
    const email = this.cache.email(id);
    return email === undefined ? undefined : threadOf(email);
  }

  /** Loads the mailboxes; what is not needed for the first list follows by itself. */
  async begin(): Promise<void> {
    await this.table.load();
    effect(() => {
      listShape();
      untracked(() => this.listModel.reshape());
    });
    this.link.open();
  }

  /** What can wait until the first list is shown. */
  async loadRest(): Promise<void> {
    await Promise.all([this.loadIdentities(), this.loadQuota()]).catch((error: unknown) => this.failed(error as Error));
  }

  show(query: ListQuery): void {
    if (!this.listModel.show(query)) return;
    // What was hidden when it was left has been decided since.
    this.sync.settle(this.list.peek().list.hidden);
    void this.refresh();
  }

  /** Rows in view: loaded when they are not known. */
  need(from: number, to: number): void {
    this.listModel.need(from, to);
  }

  retry(): void {
    this.listModel.retry();
  }

  /** Asks what changed, now. */
  refresh(): Promise<void> {
    return this.sync.run().catch((error: unknown) => this.failed(error as Error));
  }

  thread(id: Id): ReadonlySignal<readonly EmailHeader[] | undefined> {
    const known = this.threads.get(id);
    if (known !== undefined) return known;
    const emails = computed(() => {
      void this.cache.version.value;
      return this.knownThread(id);
    });
    if (this.threads.size > 200) this.threads.clear();
    this.threads.set(id, emails);
    if (emails.peek() === undefined) void this.loadThread(id).catch((error: unknown) => this.failed(error as Error));
    return emails;
  }

  /** The emails of a thread where all are known. */
  knownThread(id: Id): readonly EmailHeader[] | undefined {
    const lone = loneMessage(id);
    if (lone !== undefined) return this.messageAlone(lone);
    const found = this.cache.thread(id)?.emailIds.map((one) => this.cache.email(one));
    return found === undefined || found.includes(undefined) ? undefined : (found as readonly EmailHeader[]);
  }

  /** Tells whenever the server told of changes; for types that only one module knows. */
  onStates(listener: (changed: Readonly<Record<string, string>>) => void): () => void {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  }

  /** Something could not be asked for. */
  failed(error: Error): void {
    if (error instanceof SignedOutError) this.onSignedOut();
    else if (error instanceof TransportError && error.status === 0) this.link.fall();
  }

  /** Hides rows none of whose emails is where the list looks any more. */
  hideRowsThatLeave(patches: ReadonlyMap<Id, EmailPatch>): HiddenRows {
    const { query, list } = this.list.peek();
    const threads = new Set([...patches.keys()].map((id) => this.threadOf(id)));
    const leaving = list.known().filter((id) => {
      const email = this.email(id);
      return email !== undefined && threads.has(this.threadOf(id)) && !this.isShown(email, query);
    });
    if (leaving.length > 0) this.listModel.hide(leaving);
    return { settle: () => this.sync.settle(leaving), putBack: () => this.listModel.unhide(list, leaving) };
  }

  /** Shows emails as the server has them, after something done to them was refused later than it was shown. */
  async correct(emailIds: readonly Id[]): Promise<void> {
    const { list, notFound } = await this.client.call<GetAnswer<Mutable>>("Email/get", { ids: emailIds, properties: mutableProperties });
    this.cache.update(list);
    this.cache.remove(notFound);
    this.showRowsOf(emailIds);
    await this.listModel.refresh();
  }

  hideRowsOf(emailIds: readonly Id[]): void {
    this.listModel.hide(emailIds);
    this.sync.settle(emailIds);
  }

  showRowsOf(emailIds: readonly Id[]): void {
    this.listModel.unhide(this.list.peek().list, emailIds);
  }

  private isShown(email: EmailHeader, { mailboxId, without }: ListQuery): boolean {
    const ids = settings.peek().conversations ? this.cache.thread(email.threadId)?.emailIds ?? [] : [];
    const emails = ids.map((id) => this.email(id)).filter((one) => one !== undefined);
    return (emails.length > 0 ? emails : [email]).some(({ mailboxIds }) =>
      mailboxId !== undefined ? mailboxIds[mailboxId] === true : without === undefined || Object.keys(mailboxIds).some((id) => !without.includes(id)));
  }

  /** One message without its conversation; none when it is gone. */
  private messageAlone(id: Id): readonly EmailHeader[] | undefined {
    const email = this.cache.email(id);
    return email !== undefined ? [email] : this.gone.has(id) ? [] : undefined;
  }

  private async loadMessage(id: Id): Promise<void> {
    const { list, state } = await this.client.call<GetAnswer<EmailHeader>>("Email/get", { ids: [id], properties: headerProperties });
    if (list.length === 0) this.gone.add(id);
    this.cache.put(list);
    this.sync.begin(state);
  }

  private async loadThread(id: Id): Promise<void> {
    const lone = loneMessage(id);
    if (lone !== undefined) return this.loadMessage(lone);
    const [threads, emails] = (await this.client.together([
      ["Thread/get", { ids: [id] }, "threads"],
      ["Email/get", { "#ids": { resultOf: "threads", name: "Thread/get", path: "/list/*/emailIds" }, properties: headerProperties }, "emails"],
    ])) as [GetAnswer<Thread>, GetAnswer<EmailHeader>];
    // A conversation that is gone has no emails, which is not the same as not knowing.
    batch(() => this.cache.put(emails.list, threads.list.length > 0 ? threads.list : [{ id, emailIds: [] }]));
    this.sync.begin(emails.state);
  }

  private changed(changed: Readonly<Record<string, string>>): void {
    this.toldState = changed["Email"] ?? this.toldState;
    if ("Email" in changed || "Mailbox" in changed || "Thread" in changed) void this.refresh();
    if ("Identity" in changed) void this.loadIdentities().catch(() => undefined);
    if ("Quota" in changed) void this.loadQuota().catch(() => undefined);
    for (const listener of this.stateListeners) listener(changed);
  }

  /** Emails were loaded at a state. Where the server had told of another one meanwhile, they may be older than what was brought up to date by that. */
  private loadedAt(state: string): void {
    this.sync.begin(state);
    if (this.toldState !== undefined && this.toldState !== state) void this.refresh();
  }

  private reconnected(): void {
    if (this.list.peek().error !== undefined) this.retry();
    void this.refresh();
  }

  /** Rejects when they could not be asked for. */
  async loadIdentities(): Promise<void> {
    if (!this.client.has("urn:ietf:params:jmap:submission")) return;
    this.allIdentities.value = (await this.client.call<GetAnswer<Identity>>("Identity/get", { ids: null })).list;
  }

  private async loadQuota(): Promise<void> {
    if (!this.client.has("urn:ietf:params:jmap:quota")) return;
    const { list } = await this.client.call<GetAnswer<Quota>>("Quota/get", { ids: null });
    this.quota.value = list.find((one) => one.resourceType === "octets");
  }
}
