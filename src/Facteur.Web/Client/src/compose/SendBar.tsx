import { useRef, useState } from "preact/hooks";
import { Icon } from "../app/icons";
import { Menu, type MenuItem } from "../app/Menu";
import { t } from "../i18n";
import { change } from "../settings/settings";
import { signatureOf } from "./beginning";
import type { Composition } from "./composition";
import type { Desk } from "./desk";
import { toRich } from "./Editor";
import { SaveLine } from "./SaveLine";
import { TemplateDialog } from "./TemplateDialog";

interface Props {
  readonly desk: Desk;
  readonly composition: Composition;
  readonly onSend: () => void;
  readonly onSchedule: () => void;
}

/** The foot of a window: send, attach, everything else in a menu, throw away. */
export function SendBar({ desk, composition, onSend, onSchedule }: Props) {
  const picker = useRef<HTMLInputElement>(null);
  const [areTemplatesShown, showTemplates] = useState(false);
  const { options, mode } = composition.content.value;
  const items: MenuItem[] = [
    { label: t("compose.readReceipt"), checked: options.readReceipt, run: () => composition.change({ options: { ...options, readReceipt: !options.readReceipt } }) },
    { label: t("compose.deliveryReport"), checked: options.deliveryReport, run: () => composition.change({ options: { ...options, deliveryReport: !options.deliveryReport } }) },
    { label: t("compose.templates"), icon: "draft", run: () => showTemplates(true) },
    { label: t("compose.signature.insert"), disabled: signatureOf(composition.identity) === null, icon: "user", run: () => insertSignature(composition) },
    ...(mode === "plain" ? [{ label: t("compose.format.rich"), run: () => toRich(desk, composition) }] : []),
  ];
  return (
    <footer class="compose-foot">
      <div class="send">
        <button type="button" class="send-button" onClick={onSend} title={t("compose.sendHint")} aria-keyshortcuts="Control+Enter Meta+Enter">{t("compose.send")}</button>
        <Menu label={t("compose.sendMore")} icon="down" align="start" class="send-menu" items={[{ label: t("compose.schedule"), icon: "clock", run: onSchedule }, ...undoItems(desk)]} />
      </div>
      <button type="button" class="icon-button" aria-label={t("compose.attach")} title={t("compose.attach")} onClick={() => picker.current?.click()}><Icon name="attachment" /></button>
      <input ref={picker} type="file" multiple hidden data-attach onChange={(event) => { desk.attaching.add(composition, [...(event.currentTarget.files ?? [])], false); event.currentTarget.value = ""; }} />
      <Menu label={t("compose.options")} icon="more" align="start" class="compose-menu" items={items} />
      <SaveLine composition={composition} />
      <button type="button" class="icon-button compose-discard" aria-label={t("compose.discard")} title={t("compose.discard")} onClick={() => void desk.discard(composition)}><Icon name="trash" /></button>
      {areTemplatesShown && <TemplateDialog desk={desk} composition={composition} onClose={() => showTemplates(false)} />}
    </footer>
  );
}

/** How long sending can be taken back, for this and all messages to come. */
function undoItems(desk: Desk): readonly MenuItem[] {
  return [0, 5, 10, 20, 30].map((seconds, at) => ({
    label: t(seconds === 0 ? "compose.undo.never" : "compose.undo.seconds", { count: seconds }), checked: desk.undoSeconds.value === seconds,
    group: at === 0 ? t("compose.undo.title") : undefined, run: () => change({ undoSeconds: seconds }),
  }));
}

function insertSignature(composition: Composition): void {
  const signature = signatureOf(composition.identity);
  if (signature === null) return;
  composition.collect();
  const { mode, text } = composition.content.peek();
  if (mode === "rich") composition.swapSignature(null, signature.html);
  else if (!text.includes(signature.text)) composition.replace({ text: `${text.replace(/\s+$/u, "")}\n\n${signature.text}` });
}
