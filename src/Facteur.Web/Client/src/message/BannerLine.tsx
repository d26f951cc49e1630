import { useState } from "preact/hooks";
import { Icon } from "../app/icons";
import { t } from "../i18n";
import type { Id } from "../jmap/types";
import type { MailStore } from "../store/mailStore";
import type { Banner, Unsubscribing } from "./banner";
import { leaveList } from "./leaving";
import { shownAddress } from "./names";
import type { Suspicion } from "./suspicion";

export interface BannerLineProps {
  readonly store: MailStore;
  readonly emailId: Id;
  readonly banner: Banner;
  readonly sender: string;
  readonly unsubscribing: Unsubscribing | undefined;
  readonly onShowImages: (always: boolean) => void;
}

/** The one thing that is said over a message. */
export function BannerLine(props: BannerLineProps) {
  const { banner, store, emailId } = props;
  switch (banner.kind) {
    case "suspicion":
      return <Line kind="danger" text={suspicionText(banner.suspicion)}><SpamButton store={store} emailId={emailId} isSpam={banner.isSpam} /></Line>;
    case "spam":
      return <Line kind="warn" text={t("banner.spam")}><SpamButton store={store} emailId={emailId} isSpam /></Line>;
    case "forged":
      return <Line kind="danger" text={t("banner.forged", { domain: banner.domain || shownAddress(props.sender) })} />;
    case "images":
      return (
        <Line kind="plain" text={t("banner.images", { count: banner.count })}>
          <button type="button" class="link-button" onClick={() => props.onShowImages(false)}>{t("banner.showImages")}</button>
          {props.sender !== "" && <button type="button" class="link-button" onClick={() => props.onShowImages(true)}>{t("banner.alwaysImages", { sender: shownAddress(props.sender) })}</button>}
        </Line>
      );
    case "unsubscribe":
      return <UnsubscribeLine {...props} />;
  }
}

export function suspicionText(suspicion: Suspicion): string {
  switch (suspicion.kind) {
    case "lookalike": return t("banner.lookalike", { domain: shownAddress(`@${suspicion.domain}`).slice(1) });
    case "addressInName": return t("banner.addressInName", { shown: suspicion.shown, real: shownAddress(suspicion.real) });
    case "ownName": return t("banner.ownName", { name: suspicion.name, real: shownAddress(suspicion.real) });
    case "turnedName": return t("banner.turnedName", { real: shownAddress(suspicion.real) });
  }
}

/** Reports a message as spam, or takes it out of the spam that it is in. */
function SpamButton({ store, emailId, isSpam }: { readonly store: MailStore; readonly emailId: Id; readonly isSpam: boolean }) {
  const act = (): void => void (isSpam ? store.actions.notJunk([emailId]) : store.actions.junk([emailId]));
  return <button type="button" class="link-button" onClick={act}>{t(isSpam ? "list.notJunk" : "message.reportSpam")}</button>;
}

function Line({ kind, text, children }: { readonly kind: "danger" | "warn" | "plain"; readonly text: string; readonly children?: preact.ComponentChildren }) {
  return (
    <div class={`message-banner is-${kind}`} role={kind === "plain" ? "note" : "alert"}>
      <Icon name={kind === "plain" ? "image" : "junk"} />
      <span>{text}</span>
      {children !== undefined && <span class="banner-actions">{children}</span>}
    </div>
  );
}

/** Offers to leave the list. */
function UnsubscribeLine({ store, emailId, unsubscribing }: BannerLineProps) {
  const [state, setState] = useState<"offer" | "asked" | "done">("offer");
  const leave = async (how: Unsubscribing): Promise<void> => {
    setState("asked");
    setState((await leaveList(store.client.accountId, emailId, how)) ? "done" : "offer");
  };
  return (
    <div class="message-banner is-plain" role="note">
      <Icon name="mail" />
      <span>{t(state === "done" ? "banner.unsubscribed" : "banner.list")}</span>
      {state !== "done" && unsubscribing !== undefined && <span class="banner-actions"><button type="button" class="link-button" disabled={state === "asked"} onClick={() => void leave(unsubscribing)}>{t("banner.unsubscribe")}</button></span>}
    </div>
  );
}
