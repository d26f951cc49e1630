import { useState } from "preact/hooks";
import { ConfirmDialog } from "../app/Dialog";
import { Icon } from "../app/icons";
import type { JmapClient } from "../jmap/client";
import type { BodyPart } from "../jmap/types";
import { formatSize, t } from "../i18n";
import { plainName } from "../message/names";
import type { MailStore } from "../store/mailStore";
import { extensionOf, isDangerous, previewOf } from "./kinds";
import { PreviewDialog } from "./Preview";

/** What was sent along: a chip each, which shows it where that is possible. */
export function AttachmentStrip({ store, parts }: { readonly store: MailStore; readonly parts: readonly BodyPart[] }) {
  const [shown, setShown] = useState<BodyPart>();
  if (parts.length === 0) return null;
  const octets = parts.reduce((sum, part) => sum + part.size, 0);
  return (
    <section class="attachments" aria-label={t("attachment.label")}>
      <h3><Icon name="attachment" />{t("attachment.count", { count: parts.length })}<span class="soft"> · {formatSize(octets)}</span></h3>
      <ul>{parts.map((part) => <AttachmentChip key={part.blobId ?? part.partId} client={store.client} part={part} onShow={() => setShown(part)} />)}</ul>
      {shown && <PreviewDialog store={store} part={shown} onClose={() => setShown(undefined)} />}
    </section>
  );
}

export function nameOfPart(part: Pick<BodyPart, "name" | "type">): string {
  return plainName(part.name ?? "") || (part.type === "message/rfc822" ? t("attachment.message") : t("attachment.unnamed"));
}

function AttachmentChip({ client, part, onShow }: { readonly client: JmapClient; readonly part: BodyPart; readonly onShow: () => void }) {
  const [isAsking, setAsking] = useState(false);
  const name = nameOfPart(part);
  const isRisky = isDangerous(part);
  const canShow = previewOf(part) !== "none";
  const extension = extensionOf(part.name ?? "");
  return (
    <li class={isRisky ? "attachment is-risky" : "attachment"}>
      <button type="button" class="attachment-main" title={canShow ? t("attachment.show", { name }) : t("attachment.save", { name })} onClick={() => (canShow ? onShow() : isRisky ? setAsking(true) : save(client, part))}>
        <span class="attachment-kind" aria-hidden="true">{(extension || part.type.split("/")[1] || "?").slice(0, 4)}</span>
        <span class="attachment-name"><bdi>{name}</bdi><span class="soft">{formatSize(part.size)}{isRisky && ` · ${t("attachment.risky")}`}</span></span>
      </button>
      <button type="button" class="icon-button" aria-label={t("attachment.save", { name })} title={t("attachment.save", { name })} onClick={() => (isRisky ? setAsking(true) : save(client, part))}><Icon name="download" /></button>
      {isAsking && <ConfirmDialog title={t("attachment.riskyTitle")} text={t("attachment.riskyText", { name })} label={t("attachment.saveAnyway")} onConfirm={() => save(client, part)} onClose={() => setAsking(false)} />}
    </li>
  );
}

/** Saves a part: the server answers a file in any case, and never a page. */
export function save(client: JmapClient, part: Pick<BodyPart, "blobId" | "name" | "type">): void {
  if (part.blobId === null) return;
  saveAddress(client.downloadUrl(part.blobId, plainName(part.name ?? "") || "attachment", part.type), plainName(part.name ?? "") || "attachment");
}

export function saveAddress(address: string, name: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}
