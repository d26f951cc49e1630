import { useState } from "preact/hooks";
import { Dialog } from "../app/Dialog";
import { showToast } from "../app/toast";
import type { FullEmail } from "../conversation/loading";
import { t } from "../i18n";
import type { MailStore } from "../store/mailStore";
import { reasonOf } from "../store/reasons";
import { plainName } from "./names";
import { addRule, listIdOf, type NewRule, type RuleAction } from "./rules";

type Deed = "label" | "move" | "archive" | "markRead" | "star" | "delete" | "neverJunk";
const deeds: readonly Deed[] = ["label", "move", "archive", "markRead", "star", "delete", "neverJunk"];

/** "Filter messages like this": one condition out of the message, and what is done with those to come. */
export default function FilterDialog({ store, email, onClose }: { readonly store: MailStore; readonly email: FullEmail; readonly onClose: () => void }) {
  const sender = email.from?.[0]?.email.toLowerCase() ?? "";
  const listId = listIdOf(email["header:List-Id:asText"]);
  const [field, setField] = useState<NewRule["field"]>(listId === undefined ? "from" : "list");
  const [subject, setSubject] = useState(plainName(email.subject ?? "").replace(/^(?:(?:re|fwd?|tr|réf?)\s*:\s*)+/iu, ""));
  const mailboxes = store.mailboxes.value.filter((one) => one.role === null);
  const [mailboxId, setMailboxId] = useState(mailboxes[0]?.id ?? "");
  const [chosen, setChosen] = useState<ReadonlySet<Deed>>(new Set(mailboxes.length > 0 ? ["label"] : ["archive"]));
  const [isBusy, setBusy] = useState(false);
  const value = field === "from" ? sender : field === "list" ? listId ?? "" : subject.trim();
  const actions = deeds.filter((one) => chosen.has(one)).map((type): RuleAction => (type === "move" || type === "label" ? { type, mailboxId } : { type }));
  const toggle = (deed: Deed): void => {
    const next = new Set(chosen);
    if (!next.delete(deed)) next.add(deed);
    // A message is moved to one place alone.
    const others: Readonly<Partial<Record<Deed, readonly Deed[]>>> = { label: ["move"], move: ["label", "archive", "delete"], archive: ["move", "delete"], delete: ["move", "archive"] };
    if (next.has(deed)) for (const other of others[deed] ?? []) next.delete(other);
    setChosen(next);
  };
  const make = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      const standing = await addRule(store.client, { name: value.slice(0, 80), field, value, actions });
      onClose();
      if (standing === "running") showToast({ text: t("filter.made") });
      else showToast({ text: t("filter.byHand"), action: { label: t("app.settings"), run: () => location.assign("/settings/filters") }, seconds: 0 });
    } catch (error) {
      setBusy(false);
      showToast({ text: t("done.refused", { why: reasonOf(error) }) });
    }
  };
  return (
    <Dialog title={t("message.filter")} onClose={onClose}>
      <form class="filter-form" onSubmit={(event) => void make(event)}>
        <fieldset>
          <legend>{t("filter.which")}</legend>
          {listId !== undefined && <Choice name="list" label={t("filter.list", { list: listId })} current={field} onChoose={setField} />}
          {sender !== "" && <Choice name="from" label={t("filter.from", { sender })} current={field} onChoose={setField} />}
          <Choice name="subject" label={t("filter.subject")} current={field} onChoose={setField} />
          {field === "subject" && <input type="text" aria-label={t("filter.subject")} value={subject} onInput={(event) => setSubject(event.currentTarget.value)} />}
        </fieldset>
        <fieldset>
          <legend>{t("filter.what")}</legend>
          {deeds.filter((deed) => (deed !== "move" && deed !== "label") || mailboxes.length > 0).map((deed) => (
            <label key={deed}><input type="checkbox" checked={chosen.has(deed)} onChange={() => toggle(deed)} />{t(`filter.${deed}`)}</label>
          ))}
          {(chosen.has("move") || chosen.has("label")) && (
            <select aria-label={t("filter.where")} value={mailboxId} onChange={(event) => setMailboxId(event.currentTarget.value)}>
              {mailboxes.map((one) => <option key={one.id} value={one.id}>{store.nameOf(one.id)}</option>)}
            </select>
          )}
        </fieldset>
        <p class="soft">{t("filter.future")}</p>
        <div class="dialog-buttons">
          <button type="button" class="button" onClick={onClose}>{t("app.cancel")}</button>
          <button type="submit" class="button is-main" disabled={isBusy || value === "" || actions.length === 0}>{t("filter.make")}</button>
        </div>
      </form>
    </Dialog>
  );
}

function Choice({ name, label, current, onChoose }: { readonly name: NewRule["field"]; readonly label: string; readonly current: string; readonly onChoose: (name: NewRule["field"]) => void }) {
  return <label><input type="radio" name="filter-field" checked={current === name} onChange={() => onChoose(name)} /><span>{label}</span></label>;
}
