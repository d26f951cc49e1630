import { useEffect, useState } from "preact/hooks";
import { AttachmentStrip } from "../attachments/AttachmentStrip";
import { Icon } from "../app/icons";
import { openCompose } from "../compose/open";
import { formatFullDate, formatListDate, t } from "../i18n";
import type { EmailHeader } from "../jmap/types";
import { authenticationOf } from "../message/authentication";
import { bannerOf, unsubscribingOf } from "../message/banner";
import { BannerLine } from "../message/BannerLine";
import { calendarPartOf, InvitationCard } from "../message/InvitationCard";
import { Marked } from "../message/Marked";
import { MessageBody } from "../message/MessageBody";
import { isSameAddress, nameOf, plainName, shownAddress } from "../message/names";
import { isTrusted, trust } from "../message/remoteImages";
import { needsAddress, suspicionOf } from "../message/suspicion";
import type { MailStore } from "../store/mailStore";
import { isKnownSender } from "./knownSenders";
import type { FullEmail } from "./loading";
import { asWritten, MessageMenu } from "./MessageMenu";
import { recipientNames, recipientsOf } from "./people";

export interface MessageCardProps {
  readonly store: MailStore;
  readonly header: EmailHeader;
  readonly email: FullEmail | undefined;
  readonly error: string | undefined;
  readonly isOpen: boolean;
  readonly isCurrent: boolean;
  readonly onToggle: () => void;
  readonly onFocus: () => void;
  readonly onRetry: () => void;
}

/** One message of a conversation: a line, or all of it. */
export function MessageCard(props: MessageCardProps) {
  const { store, header, email, isOpen, isCurrent } = props;
  const isDraft = header.keywords["$draft"] === true;
  const toggle = (): void => (isDraft ? openCompose({ kind: "draft", emailId: header.id }) : props.onToggle());
  const sender = header.from?.[0];
  const name = sender === undefined ? t("list.noSender") : nameOf(sender);
  return (
    <article class={`message${isOpen ? " is-open" : ""}${isCurrent ? " is-current" : ""}${header.keywords["$seen"] === true ? "" : " is-unread"}`} data-email={header.id} tabIndex={-1} aria-label={t("message.of", { name, date: formatFullDate(header.receivedAt) })} onFocusIn={props.onFocus}>
      {isOpen && !isDraft ? (
        <>
          <OpenHeader store={store} header={header} email={email} onToggle={toggle} />
          {email !== undefined ? <OpenMessage store={store} header={header} email={email} />
            : props.error !== undefined ? <p class="message-failed" role="alert">{t("message.failed", { why: props.error })} <button type="button" class="link-button" onClick={props.onRetry}>{t("app.retry")}</button></p>
              : <p class="message-loading" role="status">{t("list.loading")}</p>}
        </>
      ) : (
        <button type="button" class="message-line" aria-expanded={isDraft ? undefined : false} onClick={toggle}>
          <strong class="message-sender">{isDraft ? <span class="draft-mark">{t("list.draft")}</span> : <bdi>{name}</bdi>}</strong>
          <span class="message-preview"><Marked text={plainName(header.preview)} /></span>
          {header.keywords["$flagged"] === true && <span class="is-starred" role="img" aria-label={t("message.starred")}><Icon name="star" /></span>}
          {header.hasAttachment && <span role="img" aria-label={t("list.attachment")}><Icon name="attachment" /></span>}
          <time dateTime={header.receivedAt} title={formatFullDate(header.receivedAt)}>{formatListDate(header.receivedAt)}</time>
        </button>
      )}
    </article>
  );
}

function OpenHeader({ store, header, email, onToggle }: { readonly store: MailStore; readonly header: EmailHeader; readonly email: FullEmail | undefined; readonly onToggle: () => void }) {
  const [isDetailed, setDetailed] = useState(false);
  const [isKnown, setKnown] = useState(true);
  const sender = header.from?.[0];
  const own = store.identities.value;
  const isOwn = sender !== undefined && own.some((one) => isSameAddress(one.email, sender.email));
  useEffect(() => {
    if (sender === undefined || isOwn) return;
    let isShown = true;
    isKnownSender(store.client, sender.email, header.receivedAt, () => isShown).then((isKnown) => { if (isShown && isKnown !== undefined) setKnown(isKnown); }, () => undefined);
    return () => { isShown = false; };
  }, [sender?.email, isOwn]);
  const name = sender === undefined ? t("list.noSender") : nameOf(sender);
  const isStarred = header.keywords["$flagged"] === true;
  const recipients = email === undefined ? header.to ?? [] : recipientsOf(email);
  return (
    <header class="message-header">
      <span class="avatar" aria-hidden="true">{[...name][0]?.toLocaleUpperCase() ?? "?"}</span>
      <div class="message-who">
        <button type="button" class="message-sender" aria-expanded title={t("message.collapse")} onClick={onToggle}><bdi>{name}</bdi></button>
        {sender !== undefined && needsAddress(sender, isKnown) && name !== shownAddress(sender.email) && <bdi class="message-address">&lt;{shownAddress(sender.email)}&gt;</bdi>}
        {!isKnown && <span class="tag">{t("message.newSender")}</span>}
        <button type="button" class="message-recipients" aria-expanded={isDetailed} onClick={() => setDetailed(!isDetailed)}>
          {t("list.to", { names: recipientNames(recipients, own, { me: t("message.me"), others: (count) => t("message.others", { count }) }) })} <Icon name={isDetailed ? "up" : "down"} />
        </button>
      </div>
      <div class="message-tools">
        {header.hasAttachment && <Icon name="attachment" />}
        <time dateTime={header.receivedAt} title={formatFullDate(header.receivedAt)}>{formatListDate(header.receivedAt)}</time>
        <button type="button" class={isStarred ? "icon-button is-starred" : "icon-button"} aria-pressed={isStarred} aria-label={t("list.star")} title={t("list.star")} onClick={() => void store.actions.star([header.id], !isStarred)}><Icon name="star" /></button>
        <button type="button" class="icon-button message-reply" aria-label={t("message.reply")} title={`${t("message.reply")} (r)`} onClick={() => openCompose({ kind: "reply", emailId: header.id })}><Icon name="reply" /></button>
        <MessageMenu store={store} header={header} email={email} />
      </div>
      {isDetailed && email !== undefined && <Details email={email} />}
    </header>
  );
}

/** All addresses, as they are. */
function Details({ email }: { readonly email: FullEmail }) {
  const rows = ([["message.from", email.from], ["message.replyTo", email.replyTo], ["message.to", email.to], ["message.cc", email.cc], ["message.bcc", email.bcc]] as const).filter(([, list]) => (list?.length ?? 0) > 0);
  return (
    <dl class="message-details">
      {rows.map(([label, list]) => <><dt>{t(label)}</dt><dd>{list!.map((one, index) => <div key={index}><bdi>{one.name ? `${plainName(one.name)} ` : ""}</bdi><bdi class="soft">&lt;{shownAddress(one.email)}&gt;</bdi></div>)}</dd></>)}
      <dt>{t("original.date")}</dt><dd>{formatFullDate(email.sentAt ?? email.receivedAt)}</dd>
    </dl>
  );
}

function OpenMessage({ store, header, email }: { readonly store: MailStore; readonly header: EmailHeader; readonly email: FullEmail }) {
  const sender = email.from?.[0];
  const own = store.identities.value;
  const results = authenticationOf(email["header:Authentication-Results:asRaw:all"] ?? [], location.hostname);
  const isOwn = sender !== undefined && own.some((one) => isSameAddress(one.email, sender.email)) && header.mailboxIds[store.mailboxOf("sent")?.id ?? ""] === true;
  const suspicion = sender && suspicionOf(sender, own);
  const isSpam = header.mailboxIds[store.mailboxOf("junk")?.id ?? ""] === true;
  const isForged = results?.dmarc?.result === "fail";
  // Trust in a sender's images needs the sender to be who the message says.
  const isTrustworthy = suspicion === undefined && !isSpam && !isForged;
  const [isAsked, setAsked] = useState(() => isTrustworthy && sender !== undefined && isTrusted(sender.email));
  const [held, setHeld] = useState(0);
  const unsubscribing = unsubscribingOf(email["header:List-Unsubscribe:asURLs"], email["header:List-Unsubscribe-Post:asText"]);
  const banner = bannerOf({ isDraftOrSent: isOwn, suspicion, isSpam, authentication: results, heldImages: isAsked ? 0 : held, canUnsubscribe: unsubscribing !== undefined });
  const showImages = (always: boolean): void => {
    if (always && sender !== undefined) trust(sender.email);
    setAsked(true);
  };
  const invitation = calendarPartOf(email);
  const attachments = email.attachments.filter((part) => !isShownInline(email, part.cid) && part !== invitation);
  return (
    <>
      {banner && <BannerLine store={store} emailId={email.id} banner={banner} sender={sender?.email ?? ""} unsubscribing={unsubscribing} onShowImages={showImages} />}
      {invitation && <InvitationCard store={store} email={{ ...email, keywords: header.keywords }} part={invitation} />}
      <MessageBody client={store.client} email={email} showImages={isAsked} asWritten={asWritten.value.has(email.id)} onHeld={setHeld} />
      <AttachmentStrip store={store} parts={attachments} />
    </>
  );
}

/** Images that the HTML shows itself are no attachments for people. */
function isShownInline(email: FullEmail, cid: string | null): boolean {
  return cid !== null && email.htmlBody.some((part) => part.partId !== null && part.type === "text/html" && email.bodyValues[part.partId]?.value.includes(`cid:${cid}`) === true);
}
