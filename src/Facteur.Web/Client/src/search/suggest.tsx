import "../styles/search.css";
import { useEffect, useState } from "preact/hooks";
import { Icon, type IconName } from "../app/icons";
import { go, route } from "../app/router";
import { language, t, type MessageKey } from "../i18n";
import type { MailStore } from "../store/mailStore";
import { complete, narrow, recall, withoutChip, type Chip, type Completion, type Typed } from "./completion";
import { ask, askShown, recentSearches, shownSearch } from "./parse";

export interface SuggestionRow {
  readonly text: string;
  readonly icon: IconName;
  /** What it finds, or why it is there. */
  readonly hint?: string | undefined;
  /** What the box holds when it is chosen; a row without it is a search. */
  readonly completed?: Typed;
}

const pause = 90;
const maxRows = 8;

/** Where to begin: what people look for most. */
const beginnings: readonly (readonly [fr: string, en: string, meaning: MessageKey])[] = [
  ["de:", "from:", "search.meaning.from"],
  ["objet:", "subject:", "search.meaning.subject"],
  ["avec:pièce", "has:attachment", "search.meaning.attachment"],
  ["est:non_lu", "is:unread", "search.meaning.unread"],
  ["après:", "after:", "search.meaning.after"],
];

/** What the box suggests: completions of the word at the cursor, then searches made before. */
export function useRows(store: MailStore, typed: Typed, isOpen: boolean): readonly SuggestionRow[] {
  const [answer, setAnswer] = useState<readonly Completion[]>([]);
  useEffect(() => {
    if (!isOpen || typed.text.trim() === "") return;
    let isStale = false;
    const timer = setTimeout(() => {
      ask(store, typed.text, typed.cursor).then(({ completions }) => { if (!isStale) setAnswer(completions); }, () => undefined);
    }, pause);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [typed.text, typed.cursor, isOpen]);
  const recent = recall(recentSearches(store), typed.text, typed.text === "" ? 5 : 3).map((text): SuggestionRow => ({ text, icon: "clock", hint: t("search.recent") }));
  if (typed.text.trim() === "") return [...recent, ...beginnings.map(([fr, en, meaning]) => beginning(language === "fr" ? fr : en, meaning))];
  return [...narrow(answer, typed).slice(0, maxRows).map((one): SuggestionRow => ({ text: one.text, icon: "search", completed: complete(typed.text, one) })), ...recent];
}

function beginning(text: string, meaning: MessageKey): SuggestionRow {
  const isWhole = !text.endsWith(":");
  return { text, icon: "search", hint: t(meaning), completed: { text: isWhole ? `${text} ` : text, cursor: text.length + (isWhole ? 1 : 0) } };
}

export function Suggestions({ rows, active, onChoose }: { readonly rows: readonly SuggestionRow[]; readonly active: number; readonly onChoose: (index: number) => void }) {
  return (
    <ul id="search-list" class="search-list" role="listbox" aria-label={t("search.suggestionList")}>
      {rows.map((row, index) => (
        // The box keeps the focus: a press of the mouse must not take it.
        <li
          key={`${row.icon}${row.text}`} id={`search-row-${index}`} role="option" aria-selected={index === active} class="search-row"
          onMouseDown={(event) => { event.preventDefault(); onChoose(index); }}
        >
          <Icon name={row.icon} /><span class="search-row-text">{row.text}</span>
          {row.hint !== undefined && <span class="search-row-hint">{row.hint}</span>}
          {row.completed !== undefined && index === 0 && row.hint === undefined && <kbd>Tab</kbd>}
        </li>
      ))}
    </ul>
  );
}

/** The parts of the search that is shown, over the box: each can be taken away, or changed. */
export function Chips({ store, onEdit }: { readonly store: MailStore; readonly onEdit: (chip: Chip | undefined) => void }) {
  const here = route.value;
  const text = here.kind === "search" ? here.text : "";
  useEffect(() => { if (text !== "") void askShown(store, text).catch(() => undefined); }, [text]);
  const shown = shownSearch.value;
  if (shown?.text !== text || shown.parsed.chips.length === 0) return <div class="search-cover" onClick={() => onEdit(undefined)}><span class="search-plain">{text}</span></div>;
  const remove = (chip: Chip) => {
    const left = withoutChip(text, chip);
    go(left === null ? { kind: "inbox" } : { kind: "search", text: left });
  };
  return (
    <div class="search-cover" onClick={(event) => { if (event.target === event.currentTarget) onEdit(undefined); }}>
      {shown.parsed.chips.map((chip) => {
        const words = `${chip.isNegated ? "−" : ""}${chip.operator === null ? "" : `${chip.operator}:`}${chip.value}`;
        return (
          <span key={chip.start} class={chip.isNegated ? "chip is-negated" : "chip"}>
            {chip.isAlternative && <span class="chip-or">{t("search.or")}</span>}
            <button type="button" class="chip-text" aria-label={t("search.change", { part: words })} onClick={() => onEdit(chip)}>
              {chip.isNegated && "−"}{chip.operator !== null && <b>{chip.operator} </b>}{chip.value}
            </button>
            <button type="button" class="chip-remove" aria-label={t("search.remove", { part: words })} onClick={() => remove(chip)}><Icon name="close" /></button>
          </span>
        );
      })}
    </div>
  );
}
