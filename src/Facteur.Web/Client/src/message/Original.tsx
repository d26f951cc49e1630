import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../app/Dialog";
import { showToast } from "../app/toast";
import { formatFullDate, formatSize, t, type MessageKey } from "../i18n";
import type { FullEmail } from "../conversation/loading";
import type { MailStore } from "../store/mailStore";
import { authenticationOf, domainOf, verdictOf, type Statement, type Verdict } from "./authentication";
import { nameOf, shownAddress } from "./names";

const maxShown = 256 * 1024;

/** The message as it came, and in words what is known of where it came from. */
export default function Original({ store, email, onClose }: { readonly store: MailStore; readonly email: FullEmail; readonly onClose: () => void }) {
  const [source, setSource] = useState<string>();
  const address = store.client.downloadUrl(email.blobId, "message.eml", "message/rfc822");
  useEffect(() => {
    const abort = new AbortController();
    void beginning(address, abort.signal).then(setSource).catch(() => setSource(""));
    return () => abort.abort();
  }, [address]);
  const results = authenticationOf(email["header:Authentication-Results:asRaw:all"] ?? [], location.hostname);
  const copy = (): void => void navigator.clipboard.writeText(source ?? "").then(() => showToast({ text: t("original.copied") }));
  return (
    <Dialog title={t("original.title")} onClose={onClose} isWide>
      <dl class="original-facts">
        <dt>{t("original.messageId")}</dt><dd>{email.messageId?.[0] ?? t("original.missing")}</dd>
        <dt>{t("original.date")}</dt><dd>{email.sentAt === null ? t("original.missing") : formatFullDate(email.sentAt)}</dd>
        <dt>{t("message.from")}</dt><dd>{email.from?.map((one) => `${nameOf(one)} <${shownAddress(one.email)}>`).join(", ") ?? t("original.missing")}</dd>
        <dt>{t("message.to")}</dt><dd>{email.to?.map((one) => shownAddress(one.email)).join(", ") ?? t("original.missing")}</dd>
      </dl>
      <h3>{t("original.whence")}</h3>
      {results === undefined ? <p class="soft">{t("original.notChecked")}</p> : (
        <ul class="checks">
          <Check name="SPF" verdict={verdictOf(results.spf)} words={wordsOf("spf", results.spf)} />
          <Check name="DKIM" verdict={bestOf(results.dkim)} words={results.dkim.length === 0 ? t("original.dkim.none") : results.dkim.slice(0, 4).map((one) => wordsOf("dkim", one)).join(" ")} />
          <Check name="DMARC" verdict={verdictOf(results.dmarc)} words={wordsOf("dmarc", results.dmarc)} />
          {verdictOf(results.arc) !== "none" && <Check name="ARC" verdict={verdictOf(results.arc)} words={wordsOf("arc", results.arc)} />}
        </ul>
      )}
      <div class="original-buttons">
        <a class="button" href={address} download="message.eml">{t("message.download")}</a>
        <button type="button" class="button" disabled={!source} onClick={copy}>{t("original.copy")}</button>
      </div>
      <pre class="original-source" tabIndex={0} aria-label={t("original.title")}>{source ?? t("list.loading")}</pre>
      {email.size > maxShown && <p class="soft">{t("original.cut", { shown: formatSize(maxShown), all: formatSize(email.size) })}</p>}
    </Dialog>
  );
}

function Check({ name, verdict, words }: { readonly name: string; readonly verdict: Verdict; readonly words: string }) {
  return <li><span class={`tag is-${verdict}`}>{name} · {t(`original.${verdict}`)}</span> <span>{words}</span></li>;
}

function wordsOf(method: "spf" | "dkim" | "dmarc" | "arc", statement: Statement | undefined): string {
  const key: MessageKey = `original.${method}.${verdictOf(statement)}`;
  return t(key, { domain: statement === undefined ? "" : domainOf(statement), reason: statement?.reason ?? "" });
}

/** One signature that holds is enough. */
function bestOf(statements: readonly Statement[]): Verdict {
  const verdicts = statements.map(verdictOf);
  return verdicts.find((one) => one === "pass") ?? verdicts.find((one) => one === "fail") ?? verdicts.find((one) => one === "unsure") ?? "none";
}

/** As much as is shown; the whole is a download. */
async function beginning(address: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(address, { credentials: "same-origin", headers: { Range: `bytes=0-${maxShown - 1}` }, signal });
  if (!response.ok) throw new Error(response.statusText);
  return new TextDecoder().decode(await response.arrayBuffer());
}
