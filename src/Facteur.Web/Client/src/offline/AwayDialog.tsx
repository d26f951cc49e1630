import "../styles/offline.css";
import { useState } from "preact/hooks";
import { Dialog } from "../app/Dialog";
import { t } from "../i18n";
import { writeSettings } from "../settings/requests";
import { settings, usual } from "../settings/settings";
import type { MailStore } from "../store/mailStore";
import { chosen, choose, keepsMail } from "./choices";
import { deleteKept } from "./db";
import { subscribe, unsubscribe } from "./push";

type Reach = "open" | "closed" | "denied" | undefined;

interface AwayProps {
  readonly store: MailStore;
  readonly registration: ServiceWorkerRegistration | undefined;
  readonly onClose: () => void;
}

/** What this browser does while nobody looks, or without a line. Asks for leave only when somebody switches notifications on. */
export default function AwayDialog({ store, registration, onClose }: AwayProps) {
  const [isNoticed, setNoticed] = useState(() => chosen("notices") && typeof Notification !== "undefined" && Notification.permission === "granted");
  const [isKept, setKept] = useState(keepsMail);
  const [reach, setReach] = useState<Reach>();
  const switchNotices = async (isOn: boolean) => {
    if (!isOn) {
      choose("notices", false);
      setNoticed(false);
      setReach(undefined);
      return unsubscribe(store.client);
    }
    if (registration === undefined || (await Notification.requestPermission()) !== "granted") return setReach("denied");
    choose("notices", true);
    setNoticed(true);
    setReach((await subscribe(store.client, registration).catch(() => false)) ? "closed" : "open");
  };
  const switchKept = async (isOn: boolean) => {
    choose("offline", isOn);
    // The account said that no browser keeps any.
    if (isOn && settings.peek().offlineDays === 0) await writeSettings(store.client, { offlineDays: usual.offlineDays });
    setKept(isOn);
    if (!isOn) await deleteKept();
    location.reload();
  };
  return (
    <Dialog title={t("offline.title")} onClose={onClose}>
      <label class="away-switch">
        <input type="checkbox" checked={isNoticed} aria-describedby="away-notices" onChange={(event) => void switchNotices(event.currentTarget.checked)} />
        <span><strong>{t("offline.notices")}</strong><span id="away-notices">{t("offline.noticesHelp")}</span></span>
      </label>
      <p class="away-said" role="status">{reach === undefined ? "" : t(`offline.reach.${reach}`)}</p>
      <label class="away-switch">
        <input type="checkbox" checked={isKept} aria-describedby="away-kept" onChange={(event) => void switchKept(event.currentTarget.checked)} />
        <span><strong>{t("offline.keep", { count: settings.value.offlineDays || usual.offlineDays })}</strong><span id="away-kept">{t("offline.keepHelp")}</span></span>
      </label>
      <p class="away-more"><a href="/settings/offline">{t("offline.more")}</a></p>
    </Dialog>
  );
}
