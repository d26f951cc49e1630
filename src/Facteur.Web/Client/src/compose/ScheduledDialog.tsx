import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../app/Dialog";
import { showToast } from "../app/toast";
import { formatFullDate, t } from "../i18n";
import { takeBack } from "./deliver";
import type { Desk } from "./desk";
import { explain } from "./errors";
import { listScheduled, type Scheduled } from "./scheduled";

/** What waits to be sent: each can be taken back, to be changed or sent at once. */
export function ScheduledDialog({ desk, onClose }: { readonly desk: Desk; readonly onClose: () => void }) {
  const [list, setList] = useState<readonly Scheduled[] | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const load = (): void => void listScheduled(desk.client, Date.now()).then(setList, (error: unknown) => setFault(explain(error)));
  useEffect(load, []);
  const edit = async (one: Scheduled): Promise<void> => {
    try {
      if (desk.places === undefined) return;
      await takeBack(desk.client, desk.places, one);
      onClose();
      showToast({ text: t("compose.unsent") });
      await desk.open({ kind: "draft", emailId: one.emailId });
    } catch (error) {
      setFault(explain(error));
      load();
    }
  };
  return (
    <Dialog title={t("compose.scheduledTitle")} onClose={onClose} isWide>
      {fault !== null && <p class="compose-fault" role="alert">{fault}</p>}
      {list === null && fault === null && <p>{t("list.loading")}</p>}
      {list?.length === 0 && <p>{t("compose.scheduledNone")}</p>}
      {list !== null && list.length > 0 && (
        <ul class="scheduled">
          {list.map((one) => (
            <li key={one.submissionId}>
              <div><b>{one.subject || t("list.noSubject")}</b><span>{one.to.map((address) => address.name ?? address.email).join(", ")}</span><time dateTime={one.sendAt}>{formatFullDate(one.sendAt)}</time></div>
              <button type="button" class="button" onClick={() => void edit(one)}>{t("compose.scheduledEdit")}</button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
