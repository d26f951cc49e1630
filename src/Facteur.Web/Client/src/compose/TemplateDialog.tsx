import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../app/Dialog";
import { Icon } from "../app/icons";
import { showToast } from "../app/toast";
import { t } from "../i18n";
import type { Composition } from "./composition";
import type { Desk } from "./desk";
import { explain } from "./errors";
import { destroyTemplate, listTemplates, loadTemplate, saveTemplate, templatesMailbox, type Template } from "./templates";

interface Props {
  readonly desk: Desk;
  readonly composition: Composition;
  readonly onClose: () => void;
}

/** Puts a template into the message, or keeps the message as one. */
export function TemplateDialog({ desk, composition, onClose }: Props) {
  const [list, setList] = useState<readonly Template[] | null>(null);
  const [name, setName] = useState(composition.content.peek().subject);
  const [fault, setFault] = useState<string | null>(null);
  const mailboxId = templatesMailbox(desk.store.mailboxes.value)?.id;
  const attempt = (work: () => Promise<void>): void => void work().catch((error: unknown) => setFault(explain(error)));
  useEffect(() => attempt(async () => setList(await listTemplates(desk.client, mailboxId))), [mailboxId]);

  const use = (id: string): void => attempt(async () => {
    const template = await loadTemplate(desk.client, id);
    onClose();
    composition.collect();
    const { subject, html, text } = composition.content.peek();
    composition.replace({ subject: subject || template.subject, html: template.html + html, text: `${template.text}\n${text}` });
  });
  const save = (): void => attempt(async () => {
    const identity = composition.identity;
    if (identity === undefined || name.trim() === "") return setFault(t("compose.template.nameNeeded"));
    composition.collect();
    await saveTemplate(desk.client, mailboxId, identity, composition.content.peek(), name.trim());
    void desk.store.refresh();
    onClose();
    showToast({ text: t("compose.template.saved", { name: name.trim() }) });
  });
  const destroy = (one: Template): void => attempt(async () => {
    await destroyTemplate(desk.client, one.id);
    setList((list ?? []).filter((other) => other.id !== one.id));
  });
  return (
    <Dialog title={t("compose.templates")} onClose={onClose}>
      {list?.length === 0 && <p>{t("compose.template.none")}</p>}
      <ul class="templates">
        {(list ?? []).map((one) => (
          <li key={one.id}>
            <button type="button" class="template-use" onClick={() => use(one.id)}>{one.name || t("list.noSubject")}</button>
            <button type="button" class="icon-button" aria-label={t("compose.template.delete", { name: one.name })} onClick={() => destroy(one)}><Icon name="trash" /></button>
          </li>
        ))}
      </ul>
      <form class="dialog-form" onSubmit={(event) => { event.preventDefault(); save(); }}>
        <label>{t("compose.template.name")}<input value={name} maxLength={200} onInput={(event) => setName(event.currentTarget.value)} /></label>
        {fault !== null && <p class="compose-fault" role="alert">{fault}</p>}
        <div class="dialog-buttons"><button type="submit" class="button is-main">{t("compose.template.save")}</button></div>
      </form>
    </Dialog>
  );
}
