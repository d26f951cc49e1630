import "../styles/search.css";
import { useState } from "preact/hooks";
import { Dialog } from "../app/Dialog";
import { showToast } from "../app/toast";
import { t } from "../i18n";
import { createRule, type RuleAction } from "../message/rules";
import type { MailStore } from "../store/mailStore";
import { reasonOf } from "../store/reasons";
import type { Chip } from "./completion";
import { filterOf } from "./filters";

interface SearchFilterProps {
  readonly store: MailStore;
  readonly text: string;
  readonly chips: readonly Chip[];
  readonly onClose: () => void;
}

const places = ["label", "move", "archive", "delete"] as const;
const marks = ["markRead", "star", "neverJunk"] as const;

/** Makes a filter of a search: for messages to come that it would find. */
export default function SearchFilter({ store, text, chips, onClose }: SearchFilterProps) {
  const filter = filterOf(chips);
  const mailboxes = store.mailboxes.value.filter((one) => one.role === null);
  const [mailboxId, setMailboxId] = useState(mailboxes[0]?.id ?? "");
  const [place, setPlace] = useState<(typeof places)[number]>(mailboxes.length > 0 ? "label" : "archive");
  const [marked, setMarked] = useState<ReadonlySet<(typeof marks)[number]>>(new Set());
  const [isBusy, setBusy] = useState(false);
  const make = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const where: RuleAction = place === "label" || place === "move" ? { type: place, mailboxId } : { type: place };
    try {
      const standing = await createRule(store.client, { name: text.slice(0, 80), match: filter.match, conditions: filter.conditions, actions: [where, ...marks.filter((one) => marked.has(one)).map((type): RuleAction => ({ type }))] });
      onClose();
      if (standing === "running") showToast({ text: t("filter.made") });
      else showToast({ text: t("filter.byHand"), action: { label: t("app.settings"), run: () => location.assign("/settings/filters") }, seconds: 0 });
    } catch (error) {
      setBusy(false);
      showToast({ text: t("done.refused", { why: reasonOf(error) }) });
    }
  };
  const toggle = (mark: (typeof marks)[number]) => setMarked(new Set(marked.has(mark) ? [...marked].filter((one) => one !== mark) : [...marked, mark]));
  return (
    <Dialog title={t("search.createFilter")} onClose={onClose}>
      <form class="search-filter-form" onSubmit={(event) => void make(event)}>
        <p>{t(filter.conditions.length === 0 ? "search.filterNone" : "search.filterFor", { text })}</p>
        {filter.conditions.length > 0 && filter.left.length > 0 && <p class="search-left">{t("search.filterLeaves", { parts: filter.left.map((chip) => text.slice(chip.start, chip.start + chip.length)).join(", ") })}</p>}
        <fieldset>
          <legend>{t("filter.what")}</legend>
          {places.filter((one) => mailboxes.length > 0 || (one !== "label" && one !== "move")).map((one) => (
            <label key={one}><input type="radio" name="place" checked={place === one} onChange={() => setPlace(one)} />{t(`filter.${one}`)}</label>
          ))}
          {(place === "label" || place === "move") && (
            <select aria-label={t("filter.where")} value={mailboxId} onChange={(event) => setMailboxId(event.currentTarget.value)}>
              {mailboxes.map((one) => <option key={one.id} value={one.id}>{store.nameOf(one.id)}</option>)}
            </select>
          )}
          {marks.map((one) => <label key={one}><input type="checkbox" checked={marked.has(one)} onChange={() => toggle(one)} />{t(`filter.${one}`)}</label>)}
        </fieldset>
        <p class="search-left">{t("filter.future")}</p>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>{t("app.cancel")}</button>
          <button type="submit" class="button is-main" disabled={isBusy || filter.conditions.length === 0}>{t("filter.make")}</button>
        </div>
      </form>
    </Dialog>
  );
}
