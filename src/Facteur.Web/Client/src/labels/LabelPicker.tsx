import "../styles/labels.css";
import { useRef, useState } from "preact/hooks";
import { Dialog } from "../app/Dialog";
import { Icon } from "../app/icons";
import { showToast } from "../app/toast";
import { t } from "../i18n";
import type { Id } from "../jmap/types";
import { RefusedError, type Deed } from "../store/actions";
import type { MailStore } from "../store/mailStore";
import { reasonOf, reasonOfSet } from "../store/reasons";
import type { Targets } from "../store/targets";
import { choicesOf, colors, markOf, matching, newName, type Choice } from "./choices";
import { colorLabel, createLabel } from "./making";

export type PickKind = "move" | "label" | "go";

export interface LabelPickerProps {
  readonly store: MailStore;
  readonly kind: PickKind;
  /** What is moved or labelled; nothing when somebody only goes to a mailbox. */
  readonly targets?: Targets | undefined;
  readonly onGo?: (id: Id) => void;
  readonly onClose: () => void;
}

/** Chooses a mailbox by typing a part of its name (WAI-ARIA "combobox" with a list); what is not there yet is made in place. */
export default function LabelPicker({ store, kind, targets, onGo, onClose }: LabelPickerProps) {
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(0);
  const [coloring, setColoring] = useState<Id>();
  const input = useRef<HTMLInputElement>(null);
  void store.cache.version.value;
  const all = choicesOf(store.mailboxes.value, (one) => store.nameOf(one.id), kind !== "label");
  const found = matching(all, typed);
  const created = kind === "go" ? undefined : newName(all, typed);
  const rows: readonly (Choice | string)[] = created === undefined ? found : [...found, created];
  const at = Math.min(active, rows.length - 1);
  const emails = (targets?.emailIds ?? []).map((id) => store.email(id)).filter((one) => one !== undefined);

  const failed = (error: unknown) => showToast({ text: t("done.refused", { why: error instanceof RefusedError ? reasonOfSet(error.why) : reasonOf(error) }) });
  const run = (deed: Deed) => {
    if (targets === undefined) return;
    if (targets.query !== undefined) void import("../store/bulk").then(({ runOnQuery }) => runOnQuery(store, targets.query!, deed));
    else void store.actions.run(targets.emailIds, deed);
    if (kind === "move") targets.done();
  };
  const take = (id: Id) => {
    if (kind === "go") onGo?.(id);
    else if (kind === "move") run(moveTo(store, id));
    else {
      run(store.actions.deeds.label(id, markOf(emails, id) !== "all"));
      input.current?.select();
      return;
    }
    onClose();
  };
  const choose = (row: Choice | string | undefined) => {
    if (row === undefined) return;
    if (typeof row !== "string") return take(row.id);
    createLabel(store, row).then((id) => { setTyped(""); take(id); }, failed);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (to !== undefined) setActive(rows.length === 0 ? 0 : (to + rows.length) % rows.length);
    else if (event.key === "Enter") choose(rows[at]);
    else return;
    event.preventDefault();
  };
  return (
    <Dialog title={t(`labels.title.${kind}`)} onClose={onClose}>
      <input
        ref={input} class="picker-input" type="text" role="combobox" aria-expanded="true" aria-controls="picker-list" aria-autocomplete="list" aria-activedescendant={at >= 0 ? `picker-${at}` : undefined} aria-label={t("labels.filter")}
        placeholder={t("labels.filter")} value={typed} autocomplete="off" spellcheck={false} autofocus onInput={(event) => { setTyped(event.currentTarget.value); setActive(0); }} onKeyDown={onKeyDown}
      />
      <ul id="picker-list" class="picker-list" role="listbox" aria-label={t(`labels.title.${kind}`)} aria-multiselectable={kind === "label"}>
        {rows.map((row, index) => {
          const mark = typeof row === "string" || kind !== "label" ? undefined : markOf(emails, row.id);
          return (
            <li
              key={typeof row === "string" ? "new" : row.id} id={`picker-${index}`} role="option" aria-selected={mark === undefined ? index === at : mark === "all"} class={index === at ? "picker-row is-active" : "picker-row"}
              ref={(element) => { if (element !== null && index === at) element.scrollIntoView({ block: "nearest" }); }} onMouseDown={(event) => event.preventDefault()} onClick={() => choose(row)}
            >
              {typeof row === "string" ? <><Icon name="compose" /><span class="picker-name">{t("labels.create", { name: row })}</span></> : <Row row={row} mark={mark} />}
            </li>
          );
        })}
        {rows.length === 0 && <li class="picker-none" role="presentation">{t("labels.none")}</li>}
      </ul>
      {kind === "label" && <ColorLine store={store} choice={typeof rows[at] === "object" ? rows[at] as Choice : undefined} coloring={coloring} onColoring={setColoring} onFailed={failed} />}
    </Dialog>
  );
}

function Row({ row, mark }: { readonly row: Choice; readonly mark: "all" | "some" | "none" | undefined }) {
  return (
    <>
      {mark !== undefined && <span class={`picker-mark is-${mark}`} aria-hidden="true">{mark === "all" ? <Icon name="check" /> : mark === "some" ? <Icon name="minimize" /> : null}</span>}
      <span class="picker-icon" style={row.color === null ? {} : { color: row.color }}><Icon name={row.role === null ? "label" : row.role === "trash" || row.role === "junk" || row.role === "inbox" || row.role === "archive" ? row.role : "folder"} filled={row.color !== null} /></span>
      <span class="picker-name">{row.path}</span>
      {mark === "some" && <span class="visually-hidden">{t("labels.some")}</span>}
    </>
  );
}

interface ColorLineProps {
  readonly store: MailStore;
  readonly choice: Choice | undefined;
  readonly coloring: Id | undefined;
  readonly onColoring: (id: Id | undefined) => void;
  readonly onFailed: (error: unknown) => void;
}

/** The colours of the label that is chosen. */
function ColorLine({ store, choice, coloring, onColoring, onFailed }: ColorLineProps) {
  if (choice === undefined) return null;
  if (coloring !== choice.id) return <div class="dialog-buttons"><button type="button" class="button" onClick={() => onColoring(choice.id)}>{t("labels.color", { name: choice.path })}</button></div>;
  const set = (color: string | null) => void colorLabel(store, choice.id, color).catch(onFailed);
  return (
    <div class="picker-colors" role="group" aria-label={t("labels.color", { name: choice.path })}>
      {colors.map((color, at) => (
        <button
          key={color} type="button" class="picker-color" aria-label={t("labels.colorNumber", { number: at + 1 })} aria-pressed={choice.color?.toLowerCase() === color} style={{ backgroundColor: color }} onClick={() => set(color)}
        >
          {choice.color?.toLowerCase() === color && <Icon name="check" />}
        </button>
      ))}
      <button type="button" class="button" onClick={() => set(null)}>{t("labels.noColor")}</button>
    </div>
  );
}

/** Moving to a place that has a meaning does what it means. */
function moveTo(store: MailStore, id: Id): Deed {
  const { deeds } = store.actions;
  const role = store.mailbox(id)?.role;
  return role === "archive" ? deeds.archive() : role === "trash" ? deeds.trash() : role === "junk" ? deeds.junk() : deeds.move(id);
}
