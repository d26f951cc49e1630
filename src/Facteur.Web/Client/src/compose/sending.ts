// From "send" to sent: through the outbox, with the way back that people have for some seconds.
import { showToast } from "../app/toast";
import { formatFullDate, t } from "../i18n";
import { Composition } from "./composition";
import { deliver, findSent, markOrigin, NotSentError, takeBack, type Sent } from "./deliver";
import type { Desk } from "./desk";
import { newMessageId } from "./emailJson";
import { explain, RefusedError } from "./errors";
import { keepCorrespondents } from "./learn";
import { dropOutgoing, keepOutgoing, keptOutgoing } from "./localStore";
import { allRecipients, type DraftContent } from "./model";
import { Outbox, type Outgoing } from "./outbox";

/** A name of our own for what was found out before sending. */
const alreadySent = "alreadySent";

export class Sending {
  readonly outbox: Outbox;
  /** Windows of what is on its way, to come back as they were. */
  private readonly windows = new Map<string, Composition>();
  private closeToast: () => void = () => undefined;

  constructor(private readonly desk: Desk) {
    const account = desk.client.accountId;
    this.outbox = new Outbox({
      load: () => keptOutgoing<Outgoing>(account).catch(() => [...this.outbox.entries.peek()]),
      keep: (entry) => keepOutgoing(account, entry.key, entry),
      drop: (key) => dropOutgoing(account, key).catch(() => undefined),
      send: (entry) => this.send(entry), onSent: (entry, sent) => this.sent(entry, sent), onRefused: (entry, error) => this.refused(entry, error),
      onWaiting: () => this.say(t("compose.waiting")),
      alone: (run) => ("locks" in navigator ? (navigator.locks.request(`facteur-outbox-${account}`, run) as ReturnType<typeof run>) : run()),
      later: (run, milliseconds) => void setTimeout(run, milliseconds),
    });
    addEventListener("beforeunload", (event) => { if (this.outbox.isFragile) event.preventDefault(); });
  }

  /** Takes the window away and its message on the way. */
  async begin(composition: Composition, at: Date | null): Promise<void> {
    composition.collect();
    composition.fault.value = null;
    this.desk.remove(composition);
    this.desk.attaching.cancel(composition);
    this.say(t(at === null ? "compose.sending" : "compose.scheduling"), 0);
    await composition.keep();
    await composition.stop();
    this.windows.set(composition.key, composition);
    const { key, messageId, emailId, isUncertain, mayBeSent } = composition;
    const isKept = await this.outbox.add({ key, content: composition.content.peek(), messageId, emailId, at: at?.toISOString() ?? null, queuedAt: Date.now(), isUncertain: isUncertain || mayBeSent, isChanged: mayBeSent });
    // Where only this page has it, the draft is what a crash leaves.
    if (isKept) await composition.dropLocal();
  }

  /** Takes a message that waits for the connection out of the outbox, to write on. */
  async edit(key: string): Promise<void> {
    const entry = await this.outbox.take(key);
    if (entry === null) return;
    const composition = this.windowOf(entry);
    composition.mayBeSent = entry.isUncertain;
    this.desk.bringBack(composition);
  }

  private async send(entry: Outgoing): Promise<Sent> {
    const { client, places } = this.desk;
    const identity = await this.desk.senderOf(entry.content);
    if (places === undefined || identity === undefined) throw new RefusedError({ type: "forbiddenToSend", description: t("compose.error.noIdentity") });
    if (entry.isUncertain) {
      const sent = await findSent(client, places, entry.messageId);
      if (sent !== null && entry.isChanged !== true) return sent;
      if (sent !== null) throw new RefusedError({ type: alreadySent, description: "" });
    }
    const at = entry.at === null || Date.parse(entry.at) <= Date.now() ? null : new Date(entry.at);
    const time = { at, undoSeconds: this.desk.undoSeconds.peek() };
    const message = { messageId: entry.messageId, previous: entry.emailId, isUncertain: entry.isUncertain };
    try {
      return await deliver(client, places, identity, { ...message, content: await this.withFiles(entry.content, false) }, time);
    } catch (error) {
      if (!(error instanceof RefusedError) || error.error.type !== "blobNotFound") throw error;
      return deliver(client, places, identity, { ...message, content: await this.withFiles(entry.content, true) }, time);
    }
  }

  /** The content with all its files on the server. */
  private async withFiles(content: DraftContent, again: boolean): Promise<DraftContent> {
    const { send } = this.desk.attaching;
    const attachments = [];
    for (const one of content.attachments) {
      const file = one.blobId === null || again ? await this.desk.attaching.files.get(one.key) : null;
      if (file === null && one.blobId === null) throw new RefusedError({ type: "blobNotFound" });
      attachments.push(file === null ? one : { ...one, blobId: await send({ key: one.key, file, type: one.type }, () => undefined, new AbortController().signal) });
    }
    return { ...content, attachments };
  }

  private sent(entry: Outgoing, sent: Sent): void {
    const { content } = entry;
    void this.windows.get(entry.key)?.dropLocal();
    void markOrigin(this.desk.client, content, true);
    const people = this.desk.people.peek();
    for (const one of allRecipients(content)) people.add(one, Date.now());
    void keepCorrespondents(this.desk.client, people, Date.now());
    const at = entry.at === null ? null : Date.parse(entry.at);
    const isLater = at !== null && at > Date.now();
    const seconds = isLater ? 10 : this.desk.undoSeconds.peek();
    const text = isLater ? t("compose.scheduled", { date: formatFullDate(entry.at!) }) : t("compose.sent");
    const forget = (): void => this.forget(entry);
    if (seconds > 0) this.closeToast = this.desk.store.undo.push({ text, undo: () => this.undo(entry, sent), seconds, done: t("compose.unsent") });
    else this.say(text);
    setTimeout(forget, (seconds + 30) * 1000);
    void this.desk.store.refresh();
  }

  private async undo(entry: Outgoing, sent: Sent): Promise<void> {
    const places = this.desk.places;
    if (places === undefined) return;
    await takeBack(this.desk.client, places, sent).catch((error: unknown) => {
      throw new Error(explain(error));
    });
    void markOrigin(this.desk.client, entry.content, false);
    if (sent.attachments === null) {
      await this.desk.open({ kind: "draft", emailId: sent.emailId });
      return;
    }
    const composition = this.windowOf(entry);
    composition.content.value = { ...entry.content, attachments: sent.attachments };
    composition.emailId = sent.emailId;
    composition.isUncertain = false;
    this.desk.bringBack(composition);
    void composition.keep();
  }

  private async refused(entry: Outgoing, error: unknown): Promise<void> {
    this.closeToast();
    const composition = this.windowOf(entry);
    // Signed out, say, after an attempt of which nothing is known.
    if (!(error instanceof RefusedError)) composition.mayBeSent = entry.isUncertain;
    if (error instanceof NotSentError) {
      composition.emailId = error.emailId;
      composition.content.value = { ...entry.content, attachments: error.attachments };
    }
    if (error instanceof RefusedError && error.error.type === alreadySent) {
      composition.messageId = newMessageId(this.desk.knownSender(entry.content)?.email ?? "");
      [composition.emailId, composition.isUncertain, composition.mayBeSent] = [null, false, false];
    }
    composition.fault.value = explain(error);
    this.desk.bringBack(composition);
    await composition.keep();
    this.say(t("compose.notSent"));
  }

  private windowOf(entry: Outgoing): Composition {
    const known = this.windows.get(entry.key);
    this.windows.delete(entry.key);
    return known ?? new Composition(this.desk, entry.content, { key: entry.key, messageId: entry.messageId, emailId: entry.emailId, isUncertain: entry.isUncertain });
  }

  private forget(entry: Outgoing): void {
    if (this.desk.windows.peek().some((one) => one.key === entry.key)) return;
    this.windows.delete(entry.key);
    this.desk.attaching.files.drop(entry.content.attachments.map((one) => one.key));
  }

  private say(text: string, seconds?: number): void {
    this.closeToast();
    this.closeToast = showToast(seconds === undefined ? { text } : { text, seconds });
  }
}
