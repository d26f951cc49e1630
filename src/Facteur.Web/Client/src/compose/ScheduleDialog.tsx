import { useState } from "preact/hooks";
import { Dialog } from "../app/Dialog";
import { formatFullDate, t } from "../i18n";
import { Capability } from "../jmap/client";
import type { Desk } from "./desk";
import { presetsAt, readChosen, toLocalInput } from "./schedule";

/** When to send. */
export function ScheduleDialog({ desk, onClose, onChosen }: { readonly desk: Desk; readonly onClose: () => void; readonly onChosen: (at: Date) => void }) {
  const now = new Date();
  const presets = presetsAt(now);
  const [value, setValue] = useState(toLocalInput(presets[0]!.at));
  const [fault, setFault] = useState<"unreadable" | "past" | "tooFar" | null>(null);
  const choose = (): void => {
    const chosen = readChosen(value, new Date(), desk.limit(Capability.submission, "maxDelayedSend", 0));
    if ("fault" in chosen) setFault(chosen.fault);
    else onChosen(chosen.at);
  };
  return (
    <Dialog title={t("compose.schedule")} onClose={onClose}>
      <ul class="schedule-presets">
        {presets.map((one) => (
          <li key={one.key}><button type="button" class="schedule-preset" onClick={() => onChosen(one.at)}><b>{t(`compose.schedule.${one.key}`)}</b><span>{formatFullDate(one.at.toISOString())}</span></button></li>
        ))}
      </ul>
      <form class="dialog-form" onSubmit={(event) => { event.preventDefault(); choose(); }}>
        <label>{t("compose.schedule.other")}<input type="datetime-local" value={value} min={toLocalInput(now)} aria-invalid={fault !== null} onInput={(event) => { setValue(event.currentTarget.value); setFault(null); }} /></label>
        {fault !== null && <p class="compose-fault" role="alert">{t(`compose.schedule.${fault}`)}</p>}
        <div class="dialog-buttons"><button type="submit" class="button is-main">{t("compose.schedule.choose")}</button></div>
      </form>
    </Dialog>
  );
}
