import { Dialog } from "../app/Dialog";
import { formatSize, t } from "../i18n";
import { stops, type Warning } from "./warnings";

/** What was found before sending: what stops it, or a question. */
export function WarningDialog({ warnings, onClose, onSend }: { readonly warnings: readonly Warning[]; readonly onClose: () => void; readonly onSend: () => void }) {
  const isStopped = warnings.some(stops);
  return (
    <Dialog title={t(isStopped ? "compose.warning.stopped" : "compose.warning.title")} onClose={onClose}>
      <ul class="compose-warnings">{(isStopped ? warnings.filter(stops) : warnings).map((one) => <li key={one.kind}>{textOf(one)}</li>)}</ul>
      <div class="dialog-buttons">
        {!isStopped && <button type="button" class="button" onClick={onSend}>{t("compose.warning.sendAnyway")}</button>}
        <button type="button" class="button is-main" autofocus onClick={onClose}>{t("compose.warning.back")}</button>
      </div>
    </Dialog>
  );
}

function textOf(warning: Warning): string {
  switch (warning.kind) {
    case "badAddress": return t("compose.warning.badAddress", { addresses: warning.addresses.join(", "), count: warning.addresses.length });
    case "tooLarge": return t("compose.warning.tooLarge", { size: formatSize(warning.octets), max: formatSize(warning.max) });
    case "tooManyRecipients": return t("compose.error.tooManyRecipients", { max: warning.max });
    case "missingAttachment": return t("compose.warning.missingAttachment", { word: warning.word });
    case "manyRecipients": return t("compose.warning.manyRecipients", { count: warning.count });
    case "lookAlike": return t("compose.warning.lookAlike", { domain: warning.domain, known: warning.known });
    default: return t(`compose.warning.${warning.kind}`);
  }
}
