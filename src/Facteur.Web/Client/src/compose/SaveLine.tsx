import { t } from "../i18n";
import type { Composition } from "./composition";
import { explain } from "./errors";

/** Whether what was written is safe, and where. */
export function SaveLine({ composition }: { readonly composition: Composition }) {
  const { state, at, error } = composition.status.value;
  const time = at === null ? "" : at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const text = state === "saving" ? t("compose.saving") : state === "offline" ? t("compose.savedHere") : state === "failed" ? t("compose.saveFailed", { reason: explain(error) })
    : at !== null ? t("compose.saved", { time }) : "";
  return <p class={`compose-status is-${state}`} role={state === "failed" ? "alert" : "status"}>{text}</p>;
}
