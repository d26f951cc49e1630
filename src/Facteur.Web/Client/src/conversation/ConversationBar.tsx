import { Icon, type IconName } from "../app/icons";
import { Menu, type MenuItem } from "../app/Menu";
import { conversationActions } from "../app/slots";
import { t } from "../i18n";
import type { EmailHeader, Id } from "../jmap/types";
import type { MailStore } from "../store/mailStore";
import type { Targets } from "../store/targets";

interface BarProps {
  readonly store: MailStore;
  readonly emails: readonly EmailHeader[];
  readonly onClose: () => void;
  readonly onNeighbour: (step: 1 | -1) => void;
}

/** Over a conversation: what can be done with all of it. */
export function ConversationBar({ store, emails, onClose, onNeighbour }: BarProps) {
  const ids = emails.map((email) => email.id);
  const targets: Targets = { emailIds: ids, done: onClose };
  const isIn = (role: "junk" | "archive" | "trash") => emails.some((email) => email.mailboxIds[store.mailboxOf(role)?.id ?? ""] === true);
  const leave = (act: (all: readonly Id[]) => Promise<void>) => () => {
    void act(ids);
    onClose();
  };
  const { actions } = store;
  const brought = conversationActions.value;
  const more: readonly MenuItem[] = [
    { label: t("list.markUnread"), icon: "mail", shortcut: "⇧ U", run: leave((all) => actions.read(all.slice(-1), false)) },
    { label: t("list.important"), icon: "important", shortcut: "+", run: () => void actions.important(ids, true) },
    { label: t("list.notImportant"), icon: "important", shortcut: "-", run: () => void actions.important(ids, false) },
    { label: t("list.mute"), icon: "mute", shortcut: "m", run: leave((all) => actions.mute(all, true)) },
    ...brought.filter((one) => one.isMain !== true).map((one) => ({ label: t(one.label), icon: one.icon, shortcut: one.shortcut, run: () => one.run(targets) })),
    { label: t("message.printAll"), icon: "print", run: () => void import("../message/printing").then(({ printEmails }) => printEmails(store, ids)) },
  ];
  return (
    <div class="toolbar conversation-bar" role="toolbar" aria-label={t("message.actions")}>
      <BarButton icon="back" label={t("app.back")} shortcut="u" onClick={onClose} />
      {!isIn("archive") && <BarButton icon="archive" label={t("list.archive")} shortcut="e" onClick={leave(actions.archive)} />}
      {isIn("junk") ? <BarButton icon="inbox" label={t("list.notJunk")} shortcut="!" onClick={leave(actions.notJunk)} /> : <BarButton icon="junk" label={t("list.junk")} shortcut="!" onClick={leave(actions.junk)} />}
      {!isIn("trash") && <BarButton icon="trash" label={t("list.delete")} shortcut="#" onClick={leave(actions.trash)} />}
      {brought.filter((one) => one.isMain === true).map((one) => <BarButton key={one.id} icon={one.icon} label={t(one.label)} shortcut={one.shortcut} onClick={() => one.run(targets)} />)}
      <Menu label={t("list.more")} class="more-menu" items={more} align="start" />
      <span class="bar-space" />
      <BarButton icon="up" label={t("keys.previous")} shortcut="k" onClick={() => onNeighbour(-1)} />
      <BarButton icon="down" label={t("keys.next")} shortcut="j" onClick={() => onNeighbour(1)} />
    </div>
  );
}

function BarButton({ icon, label, shortcut, onClick }: { readonly icon: IconName; readonly label: string; readonly shortcut?: string | undefined; readonly onClick: () => void }) {
  return <button type="button" class="icon-button" aria-label={label} title={shortcut === undefined ? label : `${label} (${shortcut})`} onClick={onClick}><Icon name={icon} /></button>;
}

/** The labels of a conversation: mailboxes that have no use of their own, and those it lies in beside the inbox. */
export function LabelTags({ store, emails }: { readonly store: MailStore; readonly emails: readonly EmailHeader[] }) {
  const ids = [...new Set(emails.flatMap((email) => Object.keys(email.mailboxIds)))];
  const labels = ids.map((id) => store.mailbox(id)).filter((mailbox) => mailbox !== undefined && mailbox.role === null);
  if (labels.length === 0) return null;
  const emailIds = emails.map((email) => email.id);
  return (
    <span class="label-tags">
      {labels.map((mailbox) => {
        const [id, name] = [mailbox!.id, store.nameOf(mailbox!.id)];
        const remove = t("labels.remove", { name });
        return (
          <span key={id} class="tag label-tag">
            <LabelDot color={mailbox!.color ?? ""} />{name}
            {mailbox!.myRights["mayRemoveItems"] !== false && <button type="button" class="label-remove" aria-label={remove} title={remove} onClick={() => void store.actions.label(emailIds, id, false)}><Icon name="close" /></button>}
          </span>
        );
      })}
    </span>
  );
}

function LabelDot({ color }: { readonly color: string }) {
  if (!/^#[0-9a-f]{6}$/iu.test(color)) return null;
  return <span class="label-dot" aria-hidden="true" ref={(element) => { if (element !== null) element.style.backgroundColor = color; }} />;
}
