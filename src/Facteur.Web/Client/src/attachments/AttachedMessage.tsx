import { useEffect, useState } from "preact/hooks";
import { parseEmail, type FullEmail } from "../conversation/loading";
import { formatFullDate, t } from "../i18n";
import type { Id } from "../jmap/types";
import { MessageBody } from "../message/MessageBody";
import { nameOf, plainName, shownAddress } from "../message/names";
import type { MailStore } from "../store/mailStore";
import { AttachmentStrip } from "./AttachmentStrip";

/** A message that came inside another: read, with images held back like any other. */
export function AttachedMessage({ store, blobId }: { readonly store: MailStore; readonly blobId: Id }) {
  const [email, setEmail] = useState<FullEmail | "failed">();
  const [showImages, setShowImages] = useState(false);
  const [held, setHeld] = useState(0);
  useEffect(() => {
    parseEmail(store.client, blobId).then((found) => setEmail(found ?? "failed"), () => setEmail("failed"));
  }, [blobId]);
  if (email === undefined || email === "failed") return <p role="status">{t(email === undefined ? "list.loading" : "attachment.failed")}</p>;
  return (
    <article class="attached-message">
      <h3>{plainName(email.subject ?? "") || t("list.noSubject")}</h3>
      <p class="soft">{email.from?.map((one) => `${nameOf(one)} <${shownAddress(one.email)}>`).join(", ")}{email.sentAt !== null && ` · ${formatFullDate(email.sentAt)}`}</p>
      {held > 0 && !showImages && <div class="message-banner is-plain" role="note"><span>{t("banner.images", { count: held })}</span><span class="banner-actions"><button type="button" class="link-button" onClick={() => setShowImages(true)}>{t("banner.showImages")}</button></span></div>}
      <MessageBody client={store.client} email={email} showImages={showImages} asWritten={false} onHeld={setHeld} />
      <AttachmentStrip store={store} parts={email.attachments} />
    </article>
  );
}
