import { formatSize, t } from "../i18n";
import { Icon } from "../app/icons";
import type { Composition } from "./composition";
import type { Desk } from "./desk";
import { explain } from "./errors";
import { attachedOctets } from "./model";

/** Files, with how far they are; images in the text only while they are on their way. */
export function AttachmentList({ desk, composition }: { readonly desk: Desk; readonly composition: Composition }) {
  const content = composition.content.value;
  const uploads = composition.uploads.value;
  const shown = content.attachments.filter((one) => one.cid === null || uploads.has(one.key));
  if (shown.length === 0) return null;
  const total = attachedOctets(content);
  return (
    <div class="attached">
      <ul aria-label={t("compose.attachments")}>
        {shown.map((one) => {
          const state = uploads.get(one.key);
          return (
            <li key={one.key} class={state?.kind === "failed" ? "attached-file is-failed" : "attached-file"}>
              <Icon name={one.type.startsWith("image/") ? "image" : "attachment"} />
              <span class="attached-name">{one.name}</span>
              <span class="attached-size">{state?.kind === "paused" ? t("compose.upload.paused") : state?.kind === "failed" ? explain(state.error) : formatSize(one.size)}</span>
              {(state?.kind === "running" || state?.kind === "waiting" || (state?.kind === "paused" && state.part > 0)) && <progress max={1} value={state.kind === "waiting" ? 0 : state.part} aria-label={t("compose.upload.progress", { name: one.name })} />}
              {(state?.kind === "failed" || state?.kind === "paused") && <button type="button" class="link-button" onClick={() => desk.attaching.retry(one.key)}>{t("app.retry")}</button>}
              <button type="button" class="icon-button" aria-label={t(state === undefined ? "compose.attachment.remove" : "compose.upload.cancel", { name: one.name })} onClick={() => desk.attaching.remove(composition, one.key)}><Icon name="close" /></button>
            </li>
          );
        })}
      </ul>
      {total > desk.maxAttached && <p class="compose-fault" role="alert">{t("compose.warning.tooLarge", { size: formatSize(total), max: formatSize(desk.maxAttached) })}</p>}
    </div>
  );
}
