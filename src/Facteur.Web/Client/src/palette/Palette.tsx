import "../styles/palette.css";
import { useState } from "preact/hooks";
import { Dialog } from "../app/Dialog";
import { Icon, type IconName } from "../app/icons";
import { iconOfMailbox } from "../app/places";
import { go } from "../app/router";
import { t } from "../i18n";
import { recentSearches } from "../search/parse";
import { displayOf } from "../shortcuts/keys";
import { bound } from "../shortcuts/registry";
import type { MailStore } from "../store/mailStore";
import { rank, type Command } from "./rank";

interface Row extends Command {
  readonly icon: IconName;
  readonly keys?: string | undefined;
}

const maxRows = 60;
const maxUsed = 8;
/** What was chosen last, of this page. */
let used: readonly string[] = [];

/** Everything that can be done, by a part of its name (WAI-ARIA "combobox" with a list). */
export default function Palette({ store, more, onClose }: { readonly store: MailStore; readonly more: readonly Command[]; readonly onClose: () => void }) {
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(0);
  const [all] = useState(() => commands(store, more));
  const found: readonly Row[] = [...rank(all, typed, used).slice(0, maxRows), ...(typed.trim() === "" ? [] : [search(typed.trim(), t("palette.search", { text: typed.trim() }))])];
  const at = Math.min(active, found.length - 1);
  const run = (row: Row | undefined) => {
    if (row === undefined) return;
    used = [row.id, ...used.filter((one) => one !== row.id)].slice(0, maxUsed);
    onClose();
    // The dialog is gone by now, so that what is done may have the keyboard: before the next key.
    row.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 8, found.length - 1), PageUp: Math.max(at - 8, 0) }[event.key];
    if (to !== undefined) setActive(found.length === 0 ? 0 : (to + found.length) % found.length);
    else if (event.key === "Enter") run(found[at]);
    else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) onClose();
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t("palette.title")} onClose={onClose}>
      <input
        class="picker-input" type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-autocomplete="list" aria-activedescendant={at >= 0 ? `palette-${at}` : undefined} aria-label={t("palette.filter")}
        placeholder={t("palette.filter")} value={typed} autocomplete="off" spellcheck={false} autofocus onInput={(event) => { setTyped(event.currentTarget.value); setActive(0); }} onKeyDown={onKeyDown}
      />
      <ul id="palette-list" class="picker-list" role="listbox" aria-label={t("palette.title")}>
        {found.map((row, index) => (
          <li
            key={row.id} id={`palette-${index}`} role="option" aria-selected={index === at} class={index === at ? "picker-row is-active" : "picker-row"}
            ref={(element) => { if (element !== null && index === at) element.scrollIntoView({ block: "nearest" }); }} onMouseDown={(event) => event.preventDefault()} onClick={() => run(row)}
          >
            <Icon name={row.icon} /><span class="picker-name">{row.label}</span>{row.keys !== undefined && <kbd class="palette-keys">{row.keys}</kbd>}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

function commands(store: MailStore, more: readonly Command[]): readonly Row[] {
  const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  const byId = new Map(bound.peek().filter((one) => one.isNamed !== true && one.scope !== "compose" && one.id !== "palette").map((one) => [one.id, one]));
  const bindings = [...byId.values()].map((one): Row => ({ id: one.id, label: t(one.label), icon: "next", keys: one.keys[0] === undefined ? undefined : displayOf(one.keys[0], isMac), run: one.run }));
  const mailboxes = store.mailboxes.peek().filter((one) => one.role !== "snoozed").map((one): Row => ({
    id: `mailbox ${one.id}`, label: t("palette.goTo", { place: store.nameOf(one.id) }), icon: iconOfMailbox(one), also: one.name,
    run: () => go(one.role === "inbox" ? { kind: "inbox" } : { kind: "mailbox", mailboxId: one.id }),
  }));
  return [...bindings, ...more.map((one): Row => ({ ...one, icon: "settings" })), ...mailboxes, ...recentSearches(store).map((text) => search(text, text))];
}

function search(text: string, label: string): Row {
  return { id: `search ${text}`, label, icon: "search", run: () => go({ kind: "search", text }) };
}
