import { useEffect, useRef } from "preact/hooks";
import { Icon, type IconName } from "../app/icons";
import { Menu, type MenuItem } from "../app/Menu";
import { mailboxOf, titleOf } from "../app/places";
import { route } from "../app/router";
import { conversationActions } from "../app/slots";
import { t } from "../i18n";
import type { Conversation } from "../store/conversations";
import type { MailStore } from "../store/mailStore";
import { ofRows } from "../store/rowWords";
import { currentTargets } from "../store/targets";
import type { Act, ListCommands } from "./commands";
import type { ListController } from "./controller";
import { isEmpty } from "./selection";

interface ToolbarProps {
  readonly store: MailStore;
  readonly list: ListController;
  readonly commands: ListCommands;
}

/** Over the list: what can be done with what is selected, else what the list is. */
export function Toolbar({ store, list, commands }: ToolbarProps) {
  const selection = list.selection.value;
  const { list: rows } = store.list.value;
  const isSome = !isEmpty(selection);
  const role = mailboxOf(store, route.value)?.role;
  const count = selection.isAll ? rows.total : selection.ids.size;
  const box = useRef<HTMLInputElement>(null);
  const known = isSome ? rows.known().length : 0;
  const isPartial = isSome && !selection.isAll && selection.ids.size < known;
  useEffect(() => { if (box.current !== null) box.current.indeterminate = isPartial; });
  return (
    <div class={isSome ? "toolbar is-selecting" : "toolbar"} role="toolbar" aria-label={t(ofRows("list.label"), { place: titleOf(store, route.value) })}>
      <label class="toolbar-check">
        <input ref={box} type="checkbox" checked={isSome} disabled={rows.total === 0} aria-label={t(isSome ? "list.selectNone" : ofRows("list.selectAll"))} onClick={() => (isSome ? list.clear() : list.selectKnown(() => true))} />
      </label>
      <Menu label={t("list.choose")} icon="down" align="start" class="select-menu" items={choosing(store, list)} />
      {isSome ? <SelectionButtons store={store} commands={commands} /> : <Button icon="refresh" label={t("list.refresh")} onClick={() => void store.refresh()} />}
      <Menu label={t("list.more")} class="more-menu" align="start" items={isSome ? moreItems(commands) : [{ label: t("list.allRead"), icon: "mailOpen", disabled: rows.total === 0, run: () => commands.actOnQuery("read") }, ...(list.focused.value === undefined ? [] : moreItems(commands))]} />
      {!isSome && rows.total > 0 && (role === "trash" || role === "junk") && <button type="button" class="link-button" onClick={() => commands.empty()}>{t(`list.empty.all.${role}`)}</button>}
      {!isSome && rows.isLoaded && <Range list={list} total={rows.total} />}
      <span class="toolbar-count" role="status">{isSome ? t("list.selected", { count }) : rows.isLoaded ? t(ofRows("list.count"), { count: rows.total }) : ""}</span>
    </div>
  );
}

/** Which rows are seen, and a way up and down for who does not scroll; by itself, since it is drawn with each of them. */
function Range({ list, total }: { readonly list: ListController; readonly total: number }) {
  void list.frame.value;
  const { from, to } = list.viewport.visible();
  if (to - from >= total) return null;
  return (
    <span class="toolbar-range">
      <Button icon="up" label={t("list.pageUp")} isDisabled={from === 0} onClick={() => list.turn(-1)} />
      <Button icon="down" label={t("list.pageDown")} isDisabled={to >= total} onClick={() => list.turn(1)} />
      <span aria-hidden="true">{t("list.range", { from: from + 1, to })}</span>
    </span>
  );
}

function SelectionButtons({ store, commands }: { readonly store: MailStore; readonly commands: ListCommands }) {
  const role = mailboxOf(store, route.value)?.role;
  const brought = conversationActions.value;
  const act = (one: Act) => () => commands.act(one);
  return (
    <>
      {role !== "archive" && <Button icon="archive" label={`${t("list.archive")} (e)`} onClick={act("archive")} />}
      {role === "junk" ? <Button icon="inbox" label={`${t("list.notJunk")} (!)`} onClick={act("notJunk")} /> : <Button icon="junk" label={`${t("list.junk")} (!)`} onClick={act("junk")} />}
      <Button icon="trash" label={`${t(role === "trash" || role === "junk" ? "list.destroy" : "list.delete")} (#)`} onClick={act("trash")} />
      <Button icon="mailOpen" label={`${t("list.markRead")} (⇧ I)`} onClick={act("read")} />
      {brought.filter((one) => one.isMain === true).map((one) => (
        <Button key={one.id} icon={one.icon} label={one.shortcut === undefined ? t(one.label) : `${t(one.label)} (${one.shortcut})`} onClick={() => withTargets(one.run)} />
      ))}
    </>
  );
}

/** Of what is selected, or of the row with the focus. */
function moreItems(commands: ListCommands): readonly MenuItem[] {
  const act = (one: Act) => () => commands.act(one);
  return [
    { label: t("list.markUnread"), icon: "mail", shortcut: "⇧ U", run: act("unread") },
    { label: t("list.star"), icon: "star", shortcut: "s", run: act("star") },
    { label: t("list.unstar"), icon: "star", run: act("unstar") },
    { label: t("list.important"), icon: "important", shortcut: "+", run: act("important") },
    { label: t("list.notImportant"), icon: "important", shortcut: "-", run: act("notImportant") },
    { label: t("list.mute"), icon: "mute", shortcut: "m", run: act("mute") },
    ...conversationActions.value.filter((one) => one.isMain !== true).map((one) => ({ label: t(one.label), icon: one.icon, shortcut: one.shortcut, run: () => withTargets(one.run) })),
  ];
}

/** What may be selected at once, of what is loaded. */
function choosing(store: MailStore, list: ListController): readonly MenuItem[] {
  const some = (isWanted: (row: Conversation) => boolean) => () => list.selectKnown((id) => {
    const row = store.row(id);
    return row !== undefined && isWanted(row);
  });
  return [
    { label: t("list.choose.all"), shortcut: "* a", run: () => list.selectKnown(() => true) },
    { label: t("list.choose.none"), shortcut: "* n", run: () => list.clear() },
    { label: t("list.choose.read"), shortcut: "* r", run: some((row) => !row.isUnread) },
    { label: t("list.choose.unread"), shortcut: "* u", run: some((row) => row.isUnread) },
    { label: t("list.choose.starred"), shortcut: "* s", run: some((row) => row.isStarred) },
    { label: t("list.choose.unstarred"), run: some((row) => !row.isStarred) },
  ];
}

function withTargets(run: (targets: NonNullable<ReturnType<typeof currentTargets>>) => void): void {
  const targets = currentTargets();
  if (targets !== undefined) run(targets);
}

export function Button({ icon, label, isDisabled = false, onClick }: { readonly icon: IconName; readonly label: string; readonly isDisabled?: boolean; readonly onClick: () => void }) {
  return <button type="button" class="icon-button" aria-disabled={isDisabled || undefined} aria-label={label.replace(/ \([^)]*\)$/, "")} title={label} onClick={onClick}><Icon name={icon} /></button>;
}

/** Offers all that the query finds, once all that is loaded is selected. */
export function QueryBanner({ store, list }: Omit<ToolbarProps, "commands">) {
  const selection = list.selection.value;
  const { list: rows, query } = store.list.value;
  const count = rows.total;
  if (selection.isAll) {
    return (
      <div class="banner" role="status">
        <span>{t(ofRows("list.querySelected"), { count })}</span>
        <button type="button" class="link-button" onClick={() => list.clear()}>{t("list.selectNone")}</button>
      </div>
    );
  }
  if (selection.ids.size < 2 || selection.ids.size >= count || selection.ids.size < rows.known().length) return null;
  const label = query.mailboxId === undefined ? t(ofRows("list.selectQuery"), { count }) : t(ofRows("list.selectMailbox"), { count, place: titleOf(store, route.value) });
  return (
    <div class="banner" role="status">
      <span>{t("list.selected", { count: selection.ids.size })}</span>
      <button type="button" class="link-button" onClick={() => list.selectQuery()}>{label}</button>
    </div>
  );
}
