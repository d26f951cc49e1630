import { t } from "../i18n";
import { MethodError, TransportError } from "../jmap/client";
import type { SetError } from "../jmap/types";

/** Why something did not work, in the words of who reads it. */
export function reasonOf(error: unknown): string {
  if (error instanceof TransportError && error.status === 0) return t("error.offline");
  if (error instanceof TransportError) return t("error.server", { detail: error.message });
  if (error instanceof MethodError) return reasonOfType(error.type, error.description);
  return t("error.server", { detail: error instanceof Error ? error.message : String(error) });
}

/** Why one object of a /set was refused (RFC 8620 §5.3). */
export function reasonOfSet(error: SetError): string {
  return reasonOfType(error.type, error.description ?? "");
}

function reasonOfType(type: string, description: string): string {
  switch (type) {
    case "forbidden":
    case "accountReadOnly":
      return t("error.forbidden");
    case "notFound":
      return t("error.gone");
    case "overQuota":
      return t("error.quota");
    default:
      return t("error.server", { detail: description || type });
  }
}
