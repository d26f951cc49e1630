import "../styles/snooze.css";
import { useState } from "preact/hooks";
import { Dialog } from "../app/Dialog";
import { Icon } from "../app/icons";
import { locale, t } from "../i18n";
import { fromInput, snoozeTimes, toInput, toUtc } from "./times";

const shown = new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

interface SnoozeDialogProps {
  readonly maxDelay: number;
  readonly isSnoozed: boolean;
  /** @param until a UTCDate, or null: at once */
  readonly onChoose: (until: string | null) => void;
  readonly onClose: () => void;
}

/** When something is to come back: times of day that people mean, or any other. */
export default function SnoozeDialog({ maxDelay, isSnoozed, onChoose, onClose }: SnoozeDialogProps) {
  const [now] = useState(() => new Date());
  const times = snoozeTimes(now);
  const [value, setValue] = useState(() => toInput(times.find((one) => one.id === "tomorrow")!.at));
  const [isWrong, setWrong] = useState(false);
  const choose = (until: string | null) => {
    onClose();
    onChoose(until);
  };
  const onSubmit = (event: Event) => {
    event.preventDefault();
    const at = fromInput(value, new Date(), maxDelay);
    setWrong(at === undefined);
    if (at !== undefined) choose(toUtc(at));
  };
  return (
    <Dialog title={t("snooze.title")} onClose={onClose}>
      <ul class="snooze-times" onKeyDown={onArrows}>
        {isSnoozed && <li><button type="button" class="snooze-time" autofocus onClick={() => choose(null)}><Icon name="inbox" /><span>{t("snooze.now")}</span></button></li>}
        {times.map((one, at) => (
          <li key={one.id}>
            <button type="button" class="snooze-time" autofocus={at === 0 && !isSnoozed} onClick={() => choose(toUtc(one.at))}>
              <Icon name="clock" /><span>{t(`snooze.${one.id}`)}</span><time dateTime={one.at.toISOString()}>{shown.format(one.at)}</time>
            </button>
          </li>
        ))}
      </ul>
      <form class="snooze-other" onSubmit={onSubmit} noValidate>
        <label for="snooze-at">{t("snooze.other")}</label>
        <input id="snooze-at" type="datetime-local" required value={value} min={toInput(now)} aria-invalid={isWrong} aria-describedby={isWrong ? "snooze-wrong" : undefined} onInput={(event) => setValue(event.currentTarget.value)} />
        <button type="submit" class="button is-main">{t("snooze.choose")}</button>
        {isWrong && <p id="snooze-wrong" class="snooze-wrong" role="alert">{t("snooze.wrong", { days: Math.floor(maxDelay / 86_400) })}</p>}
      </form>
    </Dialog>
  );
}

/** Arrows go through the times, as in a menu. */
function onArrows(event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  const all = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("button")];
  all.at((all.indexOf(document.activeElement as HTMLElement) + step) % all.length)?.focus();
  event.preventDefault();
}
