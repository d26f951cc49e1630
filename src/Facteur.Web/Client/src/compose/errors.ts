// What the server says no to, in words, with what can be done.
import { t, formatSize } from "../i18n";
import { MethodError, SignedOutError, TransportError } from "../jmap/client";
import type { SetError } from "../jmap/types";

/** An object that was not created (RFC 8620 §5.3), here a draft or its sending. */
export class RefusedError extends Error {
  constructor(readonly error: SetError & Readonly<Record<string, unknown>>) {
    super(error.description ?? error.type);
  }
}

/** Worth another try without anybody doing something. */
export function isTemporary(error: unknown): boolean {
  if (error instanceof TransportError) return error.isTemporary && error.status !== 507;
  return error instanceof MethodError && (error.type === "serverUnavailable" || error.type === "serverFail");
}

export function isOffline(error: unknown): boolean {
  return error instanceof TransportError && error.status === 0;
}

export function explain(error: unknown): string {
  if (error instanceof RefusedError) return explainRefusal(error.error);
  if (error instanceof SignedOutError) return t("compose.error.signedOut");
  if (error instanceof TransportError) return explainTransport(error);
  if (error instanceof MethodError) return error.type === "accountReadOnly" ? t("compose.error.readOnly") : t("compose.error.server", { detail: error.description || error.type });
  return t("compose.error.server", { detail: error instanceof Error ? error.message : String(error) });
}

function explainTransport(error: TransportError): string {
  if (error.status === 0) return t("compose.error.offline");
  if (error.status === 413) return t("compose.error.uploadTooLarge");
  if (error.status === 429) return t("compose.error.tooFast");
  if (error.status === 507) return t("compose.error.noRoom");
  return t("compose.error.server", { detail: error.message });
}

function explainRefusal(error: SetError & Readonly<Record<string, unknown>>): string {
  const description = error.description ?? error.type;
  switch (error.type) {
    case "invalidRecipients": {
      const list = Array.isArray(error["invalidRecipients"]) ? (error["invalidRecipients"] as unknown[]).filter((one) => typeof one === "string") : [];
      return t("compose.error.invalidRecipients", { addresses: list.join(", ") || "?", reason: reasonOf(description), count: list.length });
    }
    case "noRecipients": return t("compose.warning.noRecipients");
    case "tooManyRecipients": return t("compose.error.tooManyRecipients", { max: Number(error["maxRecipients"] ?? 0) });
    case "tooLarge": return "maxSize" in error ? t("compose.error.tooLarge", { max: formatSize(Number(error["maxSize"])) }) : t("compose.error.attachmentsTooLarge");
    case "forbiddenFrom": case "forbiddenMailFrom": return t("compose.error.forbiddenFrom");
    case "forbiddenToSend": return t("compose.error.forbiddenToSend", { reason: description });
    case "rateLimit": return t("compose.error.rateLimit", { reason: description });
    case "overQuota": return t("compose.error.overQuota");
    case "blobNotFound": return t("compose.error.blobNotFound");
    case "alreadySent": return t("compose.error.alreadySent");
    case "cannotUnsend": return t("compose.error.cannotUnsend");
    case "invalidEmail": return t("compose.error.invalidEmail", { reason: description });
    default: return t("compose.error.server", { detail: description });
  }
}

/** The server's reasons are in English; those that people meet have words of their own. */
function reasonOf(description: string): string {
  const reason = description.replace(/^\S+@\S+: /u, "");
  if (/no such user|does not exist|unknown/iu.test(reason)) return t("compose.reason.noSuchUser");
  if (/mailbox (?:is )?full|quota/iu.test(reason)) return t("compose.reason.full");
  if (/no addresses/iu.test(reason)) return t("compose.reason.noAddress");
  return reason;
}
