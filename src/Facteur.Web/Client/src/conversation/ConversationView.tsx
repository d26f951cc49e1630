import "./conversation.css";
import { useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { Icon } from "../app/icons";
import { openCompose } from "../compose/open";
import { t } from "../i18n";
import type { EmailHeader, Id } from "../jmap/types";
import { Marked } from "../message/Marked";
import { plainName } from "../message/names";
import { isUnread } from "../store/conversations";
import type { MailStore } from "../store/mailStore";
import { reasonOf } from "../store/reasons";
import { provideTargets } from "../store/targets";
import { ConversationBar, LabelTags } from "./ConversationBar";
import { bindConversation, bindOpening } from "./keys";
import { dialog } from "./lazyDialog";
import { loadedEmail, loadEmails } from "./loading";
import { MessageCard } from "./MessageCard";
import { openAtFirst } from "./people";

export { loadAhead } from "./ahead";

export interface ConversationViewProps {
  readonly store: MailStore;
  readonly threadId: Id;
  readonly onClose: () => void;
  readonly onNeighbour: (step: 1 | -1) => void;
}

/** A conversation: its messages stacked, oldest first; what was read is a line (UX §4.2). */
export default function ConversationView({ store, threadId, onClose, onNeighbour }: ConversationViewProps) {
  const emails = store.thread(threadId).value;
  const [toggled, setToggled] = useState<ReadonlyMap<Id, boolean>>(new Map());
  const [first, setFirst] = useState<ReadonlySet<Id>>();
  const [current, setCurrent] = useState<Id>();
  const [error, setError] = useState<string>();
  const [, setLoads] = useState(0);
  const isLoaded = emails !== undefined;
  // Before it is painted, as all that the reader waits for: each effect after a painting would cost a frame.
  useLayoutEffect(() => {
    // What comes in while it is open opens as well.
    if (emails !== undefined) setFirst((before) => new Set([...(before ?? []), ...openAtFirst(emails)]));
  }, [isLoaded, emails?.length]);
  useEffect(() => {
    if (emails === undefined) return;
    const unread = emails.filter(isUnread).map((email) => email.id);
    if (unread.length > 0) void store.actions.seen(unread);
  }, [isLoaded, emails?.length]);
  const open = useMemo(() => new Set((emails ?? []).map((email) => email.id).filter((id) => toggled.get(id) ?? first?.has(id) ?? false)), [emails, toggled, first]);
  const load = (): void => {
    setError(undefined);
    loadEmails(store.client, [...open]).then(() => setLoads((count) => count + 1), (why: unknown) => setError(reasonOf(why)));
  };
  useLayoutEffect(load, [open]);
  const toggle = (id: Id): void => setToggled(new Map(toggled).set(id, !open.has(id)));
  const shown = emails ?? [];
  const currentId = shown.some((email) => email.id === current) ? current : lastToAnswer(shown)?.id;
  const ids = shown.map((email) => email.id);
  useLayoutEffect(() => provideTargets(() => (ids.length === 0 ? undefined : { emailIds: ids, done: onClose })), [ids.join()]);
  const [loaded] = useState(whenTold);
  useLayoutEffect(() => (isLoaded ? bindConversation({ store, emails: shown, currentId, onClose, onNeighbour, toggle, focus: focusMessage }) : bindOpening({ onClose, onNeighbour }, loaded.promise)), [emails, open, currentId]);
  useLayoutEffect(() => { if (isLoaded) loaded.tell(true); }, [isLoaded]);
  useLayoutEffect(() => () => loaded.tell(false), []);
  useEffect(() => { if (isLoaded) revealLast(); }, [isLoaded, first === undefined]);
  if (emails !== undefined && emails.length === 0) return <div class="conversation is-gone"><p>{t("message.gone")}</p><button type="button" class="button" onClick={onClose}>{t("app.back")}</button></div>;
  return (
    <div class="conversation">
      <ConversationBar store={store} emails={shown} onClose={onClose} onNeighbour={onNeighbour} />
      <div class="conversation-scroll">
        <header class="conversation-title">
          <h1 tabIndex={-1} dir="auto"><Marked text={plainName(emails?.[0]?.subject ?? "") || (isLoaded ? t("list.noSubject") : "")} /></h1>
          <LabelTags store={store} emails={shown} />
        </header>
        {!isLoaded && <p class="message-loading" role="status">{t("list.loading")}</p>}
        {shown.map((header) => (
          <MessageCard
            key={header.id} store={store} header={header} email={loadedEmail(header.id)} error={error} isOpen={open.has(header.id)} isCurrent={header.id === currentId && shown.length > 1}
            onToggle={() => toggle(header.id)} onFocus={() => setCurrent(header.id)} onRetry={load}
          />
        ))}
        {currentId !== undefined && <ReplyBox emailId={currentId} isMany={isToMany(shown.find((email) => email.id === currentId))} />}
      </div>
      {dialog.value}
    </div>
  );
}

/** Something that is so, or will not be, once that is told. */
function whenTold() {
  let tell!: (isSo: boolean) => void;
  const promise = new Promise<boolean>((resolve) => (tell = resolve));
  return { promise, tell };
}

/** At the foot: where an answer begins. */
function ReplyBox({ emailId, isMany }: { readonly emailId: Id; readonly isMany: boolean }) {
  return (
    <div class="reply-box" role="group" aria-label={t("message.reply")}>
      <button type="button" class="button" onClick={() => openCompose({ kind: "reply", emailId })}><Icon name="reply" />{t("message.reply")}</button>
      {isMany && <button type="button" class="button" onClick={() => openCompose({ kind: "replyAll", emailId })}><Icon name="replyAll" />{t("message.replyAll")}</button>}
      <button type="button" class="button" onClick={() => openCompose({ kind: "forward", emailId })}><Icon name="forward" />{t("message.forward")}</button>
    </div>
  );
}

function isToMany(email: EmailHeader | undefined): boolean {
  return (email?.to?.length ?? 0) > 1 || ((loadedEmail(email?.id ?? "")?.cc?.length ?? 0) > 0);
}

function lastToAnswer(emails: readonly EmailHeader[]): EmailHeader | undefined {
  return emails.findLast((email) => email.keywords["$draft"] !== true) ?? emails.at(-1);
}

function focusMessage(id: Id): void {
  const element = document.querySelector<HTMLElement>(`.message[data-email="${CSS.escape(id)}"]`);
  element?.focus({ preventScroll: true });
  element?.scrollIntoView({ block: "start" });
}

/** Brings the first open message below the subject into view, and the keyboard into the conversation. */
function revealLast(): void {
  const active = document.activeElement;
  const title = document.querySelector<HTMLElement>(".conversation h1");
  if (active === null || active === document.body || active.closest(".list, [role=grid]") !== null) title?.focus({ preventScroll: true });
  const [before, opened] = [document.querySelector(".message:not(.is-open)"), document.querySelector(".message.is-open")];
  if (before !== null && opened !== null && before.compareDocumentPosition(opened) & Node.DOCUMENT_POSITION_FOLLOWING) opened.scrollIntoView({ block: "start" });
}
