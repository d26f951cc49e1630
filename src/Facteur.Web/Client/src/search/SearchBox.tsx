import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../app/icons";
import { go, route } from "../app/router";
import { t } from "../i18n";
import type { MailStore } from "../store/mailStore";
import type * as Suggesting from "./suggest";

// Suggestions and chips come with the first search, or as soon as the list is there.
const suggesting = signal<typeof Suggesting | undefined>(undefined);

/** Loads what the box suggests. */
export async function loadSuggestions(): Promise<void> {
  suggesting.value ??= await import("./suggest");
}

/** Where searches are typed: a box with a list of suggestions (WAI-ARIA "combobox"); Tab completes. */
export default function SearchBox({ store }: { readonly store: MailStore }) {
  const here = route.value;
  const shown = here.kind === "search" ? here.text : "";
  const [typed, setTyped] = useState({ text: "", cursor: 0 });
  const [isOpen, setOpen] = useState(false);
  const [isFocused, setFocused] = useState(false);
  const [active, setActive] = useState(-1);
  const input = useRef<HTMLInputElement>(null);
  // At once with the drawing: set later, it would undo what is typed by then.
  useLayoutEffect(() => setTyped({ text: shown, cursor: shown.length }), [shown]);
  const parts = suggesting.value;
  useEffect(() => { if (shown !== "") void loadSuggestions(); }, [shown]);

  const run = (text: string) => {
    setOpen(false);
    setActive(-1);
    setTyped({ text, cursor: text.length });
    if (text.trim() === "") return go({ kind: "inbox" });
    go({ kind: "search", text: text.trim() });
    document.querySelector<HTMLElement>("[role=grid]")?.focus();
  };
  const put = (next: { readonly text: string; readonly cursor: number }) => {
    setTyped(next);
    setActive(-1);
    const element = input.current!;
    element.value = next.text;
    element.focus();
    element.setSelectionRange(next.cursor, next.cursor);
  };
  // Last of the hooks of this box, so that it may come later than the others.
  const rows = parts?.useRows(store, typed, isOpen) ?? [];
  const choose = (index: number) => {
    const row = rows[index];
    if (row?.completed !== undefined) put(row.completed);
    else if (row !== undefined) run(row.text);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isShown = isOpen && rows.length > 0;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      setOpen(true);
      const count = rows.length + 1;
      setActive(((active + 1 + (event.key === "ArrowDown" ? 1 : -1) + count) % count) - 1);
    } else if (event.key === "Tab" && !event.shiftKey && isShown && typed.text !== "") {
      const at = active >= 0 ? active : rows.findIndex((row) => row.completed !== undefined);
      if (at < 0) return setOpen(false);
      choose(at);
    } else if (event.key === "Enter" && isShown && active >= 0) choose(active);
    else if (event.key === "Escape") {
      if (isShown) setOpen(false);
      else if (typed.text !== shown) setTyped({ text: shown, cursor: shown.length });
      else return document.querySelector<HTMLElement>("[role=grid]")?.focus();
    } else return;
    event.preventDefault();
  };
  const isCovered = !isFocused && shown !== "" && typed.text === shown && parts !== undefined;
  return (
    <form class={isCovered ? "search is-covered" : "search"} role="search" onSubmit={(event) => { event.preventDefault(); run(input.current!.value); }}>
      <Icon name="search" />
      <input
        ref={input} data-search type="text" inputMode="search" enterkeyhint="search" role="combobox" aria-expanded={isOpen && rows.length > 0} aria-controls="search-list" aria-autocomplete="list" aria-activedescendant={isOpen && active >= 0 ? `search-row-${active}` : undefined}
        aria-label={t("app.search")} placeholder={t("app.search")} value={typed.text} maxLength={2000} autocomplete="off" autocapitalize="off" spellcheck={false}
        onInput={(event) => { setTyped({ text: event.currentTarget.value, cursor: event.currentTarget.selectionStart ?? event.currentTarget.value.length }); setActive(-1); setOpen(true); }}
        onFocus={() => { setFocused(true); setOpen(true); void loadSuggestions(); }} onBlur={() => { setFocused(false); setOpen(false); }} onKeyDown={onKeyDown}
      />
      {isCovered && parts !== undefined && <parts.Chips store={store} onEdit={(chip) => { const element = input.current!; element.focus(); if (chip !== undefined) element.setSelectionRange(chip.start, chip.start + chip.length); }} />}
      {typed.text !== "" && <button type="button" class="icon-button search-clear" aria-label={t("app.searchClear")} title={t("app.searchClear")} onClick={() => { put({ text: "", cursor: 0 }); if (shown !== "") go({ kind: "inbox" }); }}><Icon name="close" /></button>}
      {isOpen && parts !== undefined && rows.length > 0 && <parts.Suggestions rows={rows} active={active} onChoose={choose} />}
      {isOpen && parts !== undefined && <div class="visually-hidden" role="status">{rows.length > 0 && typed.text !== "" ? t("search.suggestions", { count: rows.length }) : ""}</div>}
    </form>
  );
}
