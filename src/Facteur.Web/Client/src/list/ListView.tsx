import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { ConfirmDialog } from "../app/Dialog";
import { Icon } from "../app/icons";
import { narrowWidth, pane, rowHeight, width } from "../app/look";
import { mailboxOf, titleOf } from "../app/places";
import { go, route } from "../app/router";
import { listBanner, snippets } from "../app/slots";
import { t, type MessageKey } from "../i18n";
import type { Id } from "../jmap/types";
import type { MailStore } from "../store/mailStore";
import { reasonOf } from "../store/reasons";
import { ofRows } from "../store/rowWords";
import { provideTargets } from "../store/targets";
import { ListCommands } from "./commands";
import type { ListController } from "./controller";
import { Row, rowPrefix } from "./Row";
import { QueryBanner, Toolbar } from "./Toolbar";
import "../styles/list.css";

interface ListViewProps {
  readonly store: MailStore;
  readonly list: ListController;
  /** Something else is shown in its place. */
  readonly isHidden: boolean;
}

interface Question {
  readonly count: number;
  readonly run: () => void;
}

/** The list: toolbar, rows in view, and what is said when there are none. */
export function ListView({ store, list, isHidden }: ListViewProps) {
  const [question, ask] = useState<Question>();
  const commands = useMemo(() => new ListCommands(store, list, (count, run) => ask({ count, run })), [store, list]);
  useLayoutEffect(() => (isHidden ? undefined : commands.bindKeys()), [commands, isHidden]);
  useLayoutEffect(() => (isHidden ? undefined : provideTargets(() => commands.targets())), [commands, isHidden]);
  const Banner = listBanner.value;
  return (
    <section class={areRowsTall() ? "list is-tall" : "list"} hidden={isHidden} aria-label={titleOf(store, route.value)}>
      <h1 class="visually-hidden">{titleOf(store, route.value)}</h1>
      <Toolbar store={store} list={list} commands={commands} />
      <QueryBanner store={store} list={list} />
      {Banner !== undefined && <Banner store={store} />}
      <Rows store={store} list={list} commands={commands} isHidden={isHidden} />
      {question !== undefined && (
        <ConfirmDialog
          title={t("list.destroy")} text={t("list.destroyQuestion", { count: question.count })} label={t("list.destroy")}
          onClose={() => ask(undefined)} onConfirm={question.run}
        />
      )}
    </section>
  );
}

/** Rows of two lines, where the list is narrow: on a telephone, or beside a conversation. */
function areRowsTall(): boolean {
  return width.value < narrowWidth || (pane.value === "right" && route.value.threadId !== undefined);
}

function Rows({ store, list, commands, isHidden }: ListViewProps & { readonly commands: ListCommands }) {
  const scroller = useRef<HTMLDivElement>(null);
  const isTall = areRowsTall();
  const height = rowHeight(isTall);
  const state = store.list.value;
  useLayoutEffect(() => {
    const element = scroller.current!;
    list.attach(element);
    const measure = () => list.resize(height, element.clientHeight);
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      observer.disconnect();
      list.attach(null);
    };
  }, [list, height, isHidden]);
  void list.frame.value;
  const { total } = state.list;
  const title = titleOf(store, route.value);
  return (
    <div class="rows-frame">
      <NewAbove list={list} />
      <div
        ref={scroller} class={isTall ? "rows is-tall" : "rows"} role="grid" tabIndex={0} aria-label={t(ofRows("list.label"), { place: title })} aria-rowcount={Math.max(total, 1)} aria-colcount={6} aria-multiselectable="true" aria-busy={state.isLoading}
        aria-activedescendant={activeRow(list)} onScroll={() => list.onScroll()} onPointerOver={(event) => list.point(rowAt(event))} onPointerLeave={() => list.point(undefined)} onKeyDown={(event) => onGridKey(event, list)}
      >
        {total === 0 ? <Empty store={store} /> : <div role="rowgroup" class="rows-space" style={{ height: `${list.viewport.scrollHeight}px` }}><Window store={store} list={list} commands={commands} /></div>}
      </div>
    </div>
  );
}

/** The email whose row a mouse is over; a finger is over nothing before it touches it. */
function rowAt(event: PointerEvent): Id | undefined {
  const row = event.pointerType === "mouse" ? (event.target as Element).closest("[role=row][id]") : null;
  return row?.id.slice(rowPrefix.length);
}

/** The rows in view, by the email they stand for: one that moves is not drawn again. */
function Window({ store, list, commands }: { readonly store: MailStore; readonly list: ListController; readonly commands: ListCommands }) {
  void list.frame.value;
  void store.cache.version.value;
  const { list: rows, query } = store.list.value;
  const { from, to } = list.drawn();
  const [focused, selection, open] = [list.focused.value, list.selection.value, route.value.threadId];
  const role = mailboxOf(store, route.value)?.role;
  const found = snippets.value;
  const today = new Date().toDateString();
  return (
    <>
      {rows.slice(from, to).map((id, at) => {
        const row = id === undefined ? undefined : store.row(id);
        const index = from + at;
        return (
          <Row
            key={id ?? `at-${index}`} store={store} list={list} commands={commands} id={id} row={row} index={index} top={list.viewport.placeOf(index)} isFocused={id !== undefined && id === focused}
            isSelected={id !== undefined && (selection.isAll || selection.ids.has(id))} isOpen={open !== undefined && row?.threadId === open} isOutgoing={role === "sent" || role === "drafts"} mailboxId={query.mailboxId} today={today} isNew={id !== undefined && list.arrived.has(id)} snippet={id === undefined ? undefined : found.get(id)}
          />
        );
      })}
    </>
  );
}

/** The element of the focused row, as long as it is drawn. */
function activeRow(list: ListController): string | undefined {
  void list.frame.value;
  const id = list.focused.value;
  const { from, to } = list.drawn();
  return id !== undefined && list.indexOf(id) >= from && list.indexOf(id) < to ? rowPrefix + id : undefined;
}

/** Keys of a grid (WAI-ARIA), beside the letters of the shortcuts. */
function onGridKey(event: KeyboardEvent, list: ListController): void {
  if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
  switch (event.key) {
    case "ArrowDown":
      list.step(1);
      break;
    case "ArrowUp":
      list.step(-1);
      break;
    case "PageDown":
      list.step(list.viewport.page);
      break;
    case "PageUp":
      list.step(-list.viewport.page);
      break;
    case "Home":
      list.focusIndex(0);
      break;
    case "End":
      list.focusLast();
      break;
    case " ":
      list.toggleFocused();
      break;
    default:
      return;
  }
  event.preventDefault();
}

function NewAbove({ list }: { readonly list: ListController }) {
  const count = list.newAbove.value;
  return (
    <div class="new-above" role="status" aria-live="polite">
      {count > 0 && <button type="button" onClick={() => list.toTop()}><Icon name="up" />{t(ofRows("list.new"), { count })}</button>}
    </div>
  );
}

/** Why there are no rows: still loading, an error with its cure, or nothing to show. A row of the grid, since a grid has nothing else. */
function Empty({ store }: { readonly store: MailStore }) {
  const { isLoading, error } = store.list.value;
  return (
    <div role="row" class="empty">
      <div role="gridcell">
        {error !== undefined ? (
          <>
            <p role="alert">{t("list.failed", { why: reasonOf(error) })}</p>
            <button type="button" class="button is-main" onClick={() => store.retry()}>{t("app.retry")}</button>
          </>
        ) : isLoading ? <p class="loading">{t("list.loading")}</p> : <p>{t(emptyText(store))}</p>}
        {error === undefined && !isLoading && route.value.kind === "search" && !/\bin:anywhere\b/.test(route.value.text) && (
          <button type="button" class="link-button" onClick={() => { const here = route.peek(); if (here.kind === "search") go({ kind: "search", text: `${here.text} in:anywhere` }); }}>{t("list.searchEverywhere")}</button>
        )}
      </div>
    </div>
  );
}

function emptyText(store: MailStore): MessageKey {
  const here = route.value;
  if (here.kind === "starred" || here.kind === "snoozed" || here.kind === "search") return `list.empty.${here.kind}`;
  const role = mailboxOf(store, here)?.role;
  return role === "inbox" || role === "junk" || role === "trash" || role === "drafts" || role === "sent" ? `list.empty.${role}` : "list.empty";
}
