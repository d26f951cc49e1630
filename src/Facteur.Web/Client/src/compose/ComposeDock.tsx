import { useEffect, useMemo, useState } from "preact/hooks";
import { formatFullDate, t } from "../i18n";
import type { MailStore } from "../store/mailStore";
import { Desk } from "./desk";
import { ComposeWindow } from "./ComposeWindow";
import { dock, isDockThere, requested, takeScheduledWish } from "./open";
import { ScheduledDialog } from "./ScheduledDialog";
import "../styles/compose.css";

/** All windows in which one writes, along the foot of the page, and what waits for the connection. */
export default function ComposeDock({ store }: { readonly store: MailStore }) {
  const desk = useMemo(() => new Desk(store), [store]);
  const [isScheduledShown, showScheduled] = useState(false);
  useEffect(() => {
    dock.open = (request) => desk.open(request);
    dock.showScheduled = () => showScheduled(true);
    dock.settle = () => desk.settle();
    dock.abandon = () => desk.abandon();
    const first = requested.splice(0);
    for (const { request, tell } of first) tell(desk.open(request));
    void desk.restore(first.length > 0);
    if (takeScheduledWish()) showScheduled(true);
    isDockThere.value = true;
    return () => {
      isDockThere.value = false;
      dock.open = null;
      dock.showScheduled = null;
      dock.settle = null;
      dock.abandon = null;
    };
  }, [desk]);
  const waiting = desk.sending.outbox.entries.value.filter((entry) => entry.isUncertain);
  return (
    <div class="compose-dock">
      {waiting.length > 0 && (
        <div class="compose-waiting" role="status">
          <span>{t("compose.outbox", { count: waiting.length })}</span>
          <button type="button" class="link-button" onClick={() => void desk.sending.edit(waiting[0]!.key)}>{t("compose.outboxEdit")}</button>
          <button type="button" class="link-button" onClick={() => void desk.sending.outbox.flush()} title={formatFullDate(new Date(waiting[0]!.queuedAt).toISOString())}>{t("app.retry")}</button>
        </div>
      )}
      {desk.windows.value.map((composition) => <ComposeWindow key={composition.key} desk={desk} composition={composition} />)}
      {isScheduledShown && <ScheduledDialog desk={desk} onClose={() => showScheduled(false)} />}
    </div>
  );
}
