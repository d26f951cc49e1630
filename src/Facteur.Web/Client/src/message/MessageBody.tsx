import { useMemo, useState } from "preact/hooks";
import type { JmapClient } from "../jmap/client";
import { showToast } from "../app/toast";
import type { FullEmail } from "../conversation/loading";
import { t } from "../i18n";
import { bodyOf } from "./bodies";
import { HtmlBody } from "./HtmlBody";
import { PlainBody } from "./PlainBody";

export interface MessageBodyProps {
  readonly client: JmapClient;
  readonly email: FullEmail;
  readonly showImages: boolean;
  readonly asWritten: boolean;
  readonly onHeld: (count: number) => void;
}

/** What a message says. */
export function MessageBody({ client, email, showImages, asWritten, onHeld }: MessageBodyProps) {
  const body = useMemo(() => bodyOf(email), [email]);
  const [target, setTarget] = useState<string>();
  return (
    <div class="message-body">
      {body.kind === "text" ? <PlainBody text={body.text} /> : (
        <HtmlBody
          client={client} email={email} parts={body.parts} showImages={showImages} asWritten={asWritten} onHeld={onHeld} onTarget={setTarget}
          onImagesFailed={() => showToast({ text: t("banner.imagesFailed") })}
        />
      )}
      {body.isTruncated && <p class="soft"><a href={client.downloadUrl(email.blobId, "message.eml", "message/rfc822")} download="message.eml">{t("message.truncated")}</a></p>}
      {target !== undefined && <div class="link-target" aria-hidden="true">{target.slice(0, 300)}</div>}
    </div>
  );
}
