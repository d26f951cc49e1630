import { Component } from "preact";
import { Icon, type IconName } from "../app/icons";
import { nameOfMailbox } from "../app/places";
import { Runs } from "../app/Runs";
import { conversationActions, type Snippet } from "../app/slots";
import { formatFullDate, formatListDate, t } from "../i18n";
import type { Id } from "../jmap/types";
import { fewNames, shortName, type Conversation } from "../store/conversations";
import type { MailStore } from "../store/mailStore";
import type { Targets } from "../store/targets";
import type { ListCommands } from "./commands";
import type { ListController } from "./controller";
import { beginDrag, endDrag } from "./drag";
import { swipeable } from "./swipe";

export interface RowProps {
  readonly store: MailStore;
  readonly list: ListController;
  readonly commands: ListCommands;
  readonly id: Id | undefined;
  readonly row: Conversation | undefined;
  readonly index: number;
  /** Pixels from the top of what is scrolled. */
  readonly top: number;
  readonly isFocused: boolean;
  readonly isSelected: boolean;
  readonly isOpen: boolean;
  /** Shows whom it went to, not from whom it came. */
  readonly isOutgoing: boolean;
  /** The mailbox of the list, whose label need not be repeated. */
  readonly mailboxId: Id | undefined;
  /** The day, so that dates are drawn anew after midnight. */
  readonly today: string;
  /** Came in while the list was looked at. */
  readonly isNew: boolean;
  /** Where a search found it. */
  readonly snippet: Snippet | undefined;
}

/** Of the ids of their elements. */
export const rowPrefix = "row-";

/** A conversation of the list. Drawn again only when something of it changed. */
export class Row extends Component<RowProps> {
  override shouldComponentUpdate(next: RowProps): boolean {
    return (Object.keys(next) as (keyof RowProps)[]).some((key) => next[key] !== this.props[key]);
  }

  override render({ row, id, index, top, isFocused, isSelected, isOpen }: RowProps) {
    const style = { transform: `translateY(${top}px)` };
    if (row === undefined || id === undefined)
      return <div role="row" aria-rowindex={index + 1} class="row is-blank" style={style}><div role="gridcell" class="row-blank" aria-label={t("list.loading")} /></div>;
    const classes = ["row", row.isUnread && "is-unread", isFocused && "is-focused", isSelected && "is-selected", isOpen && "is-open", this.props.isNew && "is-new"].filter(Boolean).join(" ");
    return (
      <div
        id={rowPrefix + id} role="row" aria-rowindex={index + 1} aria-selected={isSelected} class={classes} style={style} draggable
        onClick={(event) => this.onClick(event, id)} onDragStart={(event) => this.onDragStart(event, id)} onDragEnd={endDrag}
        {...swipeable((act) => this.props.commands.act(act, [id]))}
      >
        {this.cells(id, row)}
      </div>
    );
  }

  private cells(id: Id, row: Conversation) {
    const { commands, list, isSelected, snippet } = this.props;
    const subject = row.subject || t("list.noSubject");
    return (
      <>
        <div role="gridcell" class="cell-check">
          <input
            type="checkbox" tabIndex={-1} checked={isSelected} aria-label={`${t("list.select")} : ${subject}`}
            onClick={(event) => { event.stopPropagation(); list.toggle(id, event.shiftKey); }}
          />
        </div>
        <div role="gridcell" class="cell-star">
          <button
            type="button" tabIndex={-1} class="icon-button star" aria-pressed={row.isStarred} aria-label={`${t("list.star")} : ${subject}`} title={`${t(row.isStarred ? "list.unstar" : "list.star")} (s)`}
            onClick={(event) => { event.stopPropagation(); commands.toggleStar([id]); }}
          >
            <Icon name="star" filled={row.isStarred} />
          </button>
        </div>
        <div role="gridcell" class="cell-who"><Names row={row} isOutgoing={this.props.isOutgoing} /></div>
        <div role="gridcell" class="cell-what">
          <Labels {...this.props} row={row} />
          {row.isUnread && <span class="visually-hidden">{t("list.unread")} </span>}
          <span class="subject">{snippet?.subject === undefined ? subject : <Runs runs={snippet.subject} />}</span>
          <span class="preview">{snippet?.preview === undefined ? row.preview : <Runs runs={snippet.preview} />}</span>
        </div>
        <div role="gridcell" class="cell-clip">{row.hasAttachment && <span role="img" aria-label={t("list.attachment")} title={t("list.attachment")}><Icon name="attachment" /></span>}</div>
        <div role="gridcell" class="cell-when">
          {row.snoozedUntil === undefined
            ? <time dateTime={row.receivedAt} title={formatFullDate(row.receivedAt)}>{formatListDate(row.receivedAt)}</time>
            : <time class="wakes" dateTime={row.snoozedUntil} title={t("snooze.until", { time: formatFullDate(row.snoozedUntil) })}><Icon name="clock" />{formatListDate(row.snoozedUntil)}</time>}
          <span class="hover-actions">
            {this.hoverButton("archive", "archive", t("list.archive"), "e")}
            {this.hoverButton("trash", "trash", t("list.delete"), "#")}
            <BroughtButtons targets={() => this.props.commands.targets([id])} />
            {row.isUnread ? this.hoverButton("read", "mailOpen", t("list.markRead"), "⇧ I") : this.hoverButton("unread", "mail", t("list.markUnread"), "⇧ U")}
          </span>
        </div>
      </>
    );
  }

  private hoverButton(act: "archive" | "trash" | "read" | "unread", icon: IconName, label: string, key: string) {
    const { commands, id } = this.props;
    return (
      <button type="button" tabIndex={-1} class="icon-button" aria-label={label} title={`${label} (${key})`} onClick={(event) => { event.stopPropagation(); commands.act(act, [id!]); }}>
        <Icon name={icon} />
      </button>
    );
  }

  private onClick(event: MouseEvent, id: Id): void {
    const { commands, list } = this.props;
    if (event.shiftKey || event.ctrlKey || event.metaKey) {
      event.preventDefault();
      list.toggle(id, event.shiftKey);
    } else commands.open(id);
  }

  private onDragStart(event: DragEvent, id: Id): void {
    const { commands, list, store } = this.props;
    const { ids, isAll } = list.selection.peek();
    const isSelected = ids.has(id);
    const targets = isSelected ? commands.targets() : commands.targets([id]);
    if (targets !== undefined) beginDrag(event, targets, !isSelected ? 1 : isAll ? store.list.peek().list.total : ids.size);
  }
}

/** Of other modules; by itself, since a row is not drawn again when they come. */
function BroughtButtons({ targets }: { readonly targets: () => Targets | undefined }) {
  const run = (event: Event, act: (of: Targets) => void) => {
    event.stopPropagation();
    const of = targets();
    if (of !== undefined) act(of);
  };
  return (
    <>
      {conversationActions.value.filter((one) => one.isOnRows === true).map((one) => (
        <button key={one.id} type="button" tabIndex={-1} class="icon-button" aria-label={t(one.label)} title={`${t(one.label)} (${one.shortcut ?? ""})`} onClick={(event) => run(event, one.run)}><Icon name={one.icon} /></button>
      ))}
    </>
  );
}

function Names({ row, isOutgoing }: { readonly row: Conversation; readonly isOutgoing: boolean }) {
  const all = isOutgoing ? row.recipients : row.senders;
  const few = fewNames(all);
  const count = row.emailIds.length > 1 ? <span class="thread-size"> {row.emailIds.length}</span> : null;
  if (isOutgoing && few.length > 0) return <span class="names">{t("list.to", { names: few.map((one) => one.name).join(", ") })}{count}</span>;
  return (
    <span class="names" title={all.map((one) => one.email).join(", ")}>
      {few.length === 0 && t("list.noSender")}
      {few.map((one, at) => (
        <>
          {at > 0 && (at === 1 && all.length > few.length ? " … " : ", ")}
          <span class={one.isUnread ? "name is-unread" : "name"}>{few.length > 1 ? shortName(one.name) : one.name}</span>
        </>
      ))}
      {row.hasDraft && <span class="draft-mark">, {t("list.draft")}</span>}
      {count}
    </span>
  );
}

function Labels({ store, row, mailboxId }: RowProps & { readonly row: Conversation }) {
  const labels = row.mailboxIds.map((id) => store.mailbox(id)).filter((one) => one !== undefined && one.id !== mailboxId && (one.role === null || (one.role === "inbox" && mailboxId === undefined)));
  return <>{labels.map((one) => <span key={one!.id} class="label" style={one!.color ? { "--label": one!.color } : {}}>{nameOfMailbox(one!)}</span>)}</>;
}
