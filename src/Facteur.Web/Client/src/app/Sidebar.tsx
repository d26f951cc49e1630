import { useState } from "preact/hooks";
import { openCompose, openScheduled } from "../compose/open";
import { formatNumber, formatSize, t } from "../i18n";
import type { Mailbox } from "../jmap/types";
import type { MailStore } from "../store/mailStore";
import { dragged, dropOn } from "../list/drag";
import { Icon, type IconName } from "./icons";
import { iconOfMailbox, nameOfMailbox } from "./places";
import { formatRoute, placeOf, route, type Route } from "./router";

interface Entry {
  readonly to: Route;
  readonly name: string;
  readonly icon: IconName;
  readonly unread: number;
  readonly mailbox?: Mailbox | undefined;
  readonly depth: number;
}

/** New message, the places in their order, labels, and what of the room is used. */
export function Sidebar({ store, onChosen }: { readonly store: MailStore; readonly onChosen: () => void }) {
  const mailboxes = store.mailboxes.value;
  const labels = mailboxes.filter((one) => one.role === null);
  return (
    <div class="sidebar-inner">
      <button type="button" class="compose-button" onClick={() => { onChosen(); openCompose({ kind: "new" }); }}>
        <Icon name="compose" /><span>{t("app.compose")}</span>
      </button>
      <nav aria-label={t("app.mailboxes")}>
        <ul>
          {entries(store).map((entry) => (
            <>
              <Place key={formatRoute(entry.to)} store={store} entry={entry} onChosen={onChosen} />
              {entry.mailbox?.role === "sent" && (
                <li><button type="button" class="place" onClick={() => { onChosen(); openScheduled(); }}><span class="place-icon"><Icon name="clock" /></span><span class="place-name">{t("compose.scheduledPlace")}</span></button></li>
              )}
            </>
          ))}
        </ul>
        {labels.length > 0 && (
          <>
            <h2 class="sidebar-heading">{t("app.labels")}</h2>
            <ul>{ordered(labels).map((entry) => <Place key={formatRoute(entry.to)} store={store} entry={entry} onChosen={onChosen} />)}</ul>
          </>
        )}
      </nav>
      <Quota store={store} />
    </div>
  );
}

/** UX §4: inbox, starred, snoozed, sent, drafts, archive, spam, trash, all mail. */
function entries(store: MailStore): readonly Entry[] {
  const found: Entry[] = [];
  const ofRole = (role: "inbox" | "important" | "sent" | "drafts" | "archive" | "junk" | "trash") => {
    const mailbox = store.mailboxOf(role);
    if (mailbox === undefined) return;
    // Of drafts all are told, as nothing else needs to be done with them; of what is sent, none.
    const unread = role === "drafts" ? mailbox.totalEmails : role === "inbox" || role === "junk" || role === "important" ? mailbox.unreadThreads : 0;
    found.push({ to: role === "inbox" ? { kind: "inbox" } : { kind: "mailbox", mailboxId: mailbox.id }, name: nameOfMailbox(mailbox), icon: iconOfMailbox(mailbox), unread, mailbox, depth: 0 });
  };
  const plain = (kind: "starred" | "snoozed" | "all", icon: IconName) => found.push({ to: { kind }, name: t(`place.${kind}`), icon, unread: 0, depth: 0 });
  ofRole("inbox");
  plain("starred", "star");
  plain("snoozed", "clock");
  ofRole("important");
  ofRole("sent");
  ofRole("drafts");
  ofRole("archive");
  ofRole("junk");
  ofRole("trash");
  plain("all", "all");
  return found;
}

/** Labels by name, each followed by those below it. */
function ordered(labels: readonly Mailbox[]): readonly Entry[] {
  const ids = new Set(labels.map((one) => one.id));
  const below = (parent: string | null, depth: number): readonly Entry[] => depth > 50 ? [] : labels
    .filter((one) => (one.parentId !== null && ids.has(one.parentId) ? one.parentId : null) === parent)
    .flatMap((one) => [{ to: { kind: "mailbox", mailboxId: one.id } as Route, name: one.name, icon: "label" as const, unread: one.unreadThreads, mailbox: one, depth }, ...below(one.id, depth + 1)]);
  return below(null, 0);
}

function Place({ store, entry, onChosen }: { readonly store: MailStore; readonly entry: Entry; readonly onChosen: () => void }) {
  const [isOver, setOver] = useState(false);
  const here = formatRoute(entry.to) === formatRoute(placeOf(route.value));
  const takes = entry.mailbox !== undefined && entry.mailbox.role !== "drafts" && entry.mailbox.role !== "sent" && entry.mailbox.myRights["mayAddItems"] === true;
  const drop = !takes ? {} : {
    onDragOver: (event: DragEvent) => { if (dragged.peek() !== undefined) { event.preventDefault(); setOver(true); } },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => { event.preventDefault(); setOver(false); dropOn(store, entry.mailbox!); },
  };
  return (
    <li class={`depth-${Math.min(entry.depth, 4)}`}>
      <a href={formatRoute(entry.to)} class={isOver ? "place is-over" : "place"} aria-current={here ? "page" : undefined} onClick={onChosen} title={entry.name} {...drop}>
        <span class="place-icon" style={entry.mailbox?.color ? { color: entry.mailbox.color } : {}}><Icon name={entry.icon} filled={entry.icon === "label" && !!entry.mailbox?.color} /></span>
        <span class="place-name">{entry.name}</span>
        {entry.unread > 0 && <span class="count" aria-label={entry.mailbox?.role === "drafts" ? String(entry.unread) : t("app.unread", { count: entry.unread })}>{formatNumber(entry.unread)}</span>}
      </a>
    </li>
  );
}

function Quota({ store }: { readonly store: MailStore }) {
  const quota = store.octets.value;
  if (quota === undefined || quota.hardLimit <= 0) return null;
  const share = Math.min(1, quota.used / quota.hardLimit);
  const text = t("app.quota", { used: formatSize(quota.used), limit: formatSize(quota.hardLimit) });
  return (
    <div class="quota">
      <meter min={0} max={1} high={0.9} value={share} aria-label={text} />
      <span>{text}</span>
    </div>
  );
}
