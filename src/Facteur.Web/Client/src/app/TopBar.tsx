import { t } from "../i18n";
import SearchBox from "../search/SearchBox";
import { holdKeys } from "../shortcuts/hold";
import type { MailStore } from "../store/mailStore";
import { Icon } from "./icons";
import { chooseDensity, choosePane, chooseTheme, densities, density, pane, panes, theme, themes } from "./look";
import { Menu, type MenuItem } from "./Menu";
import { go } from "./router";

interface TopBarProps {
  readonly store: MailStore;
  readonly isSidebarOpen: boolean;
  readonly onMenu: () => void;
  readonly onHelp: () => void;
}

/** The bar over everything: menu, name, search, look, account. */
export function TopBar({ store, isSidebarOpen, onMenu, onHelp }: TopBarProps) {
  return (
    <header class="top-bar">
      <button type="button" class="icon-button" aria-label={t("app.menu")} title={t("app.menu")} aria-expanded={isSidebarOpen} aria-controls="sidebar" onClick={onMenu}><Icon name="menu" /></button>
      <a class="brand" href="#/inbox">Facteur</a>
      <SearchBox store={store} />
      <div class="top-buttons">
        <button type="button" class="icon-button only-wide" aria-label={t("app.help")} title={`${t("app.help")} (?)`} onClick={onHelp}><Icon name="help" /></button>
        <Menu label={t("app.look")} icon="settings" items={lookItems()} />
        <AccountMenu store={store} onHelp={onHelp} />
      </div>
    </header>
  );
}

function lookItems(): readonly MenuItem[] {
  const settings: MenuItem = { label: t("app.settings"), icon: "settings", run: () => location.assign("/settings") };
  return [
    settings,
    ...themes.map((one, at) => ({ label: t(`look.theme.${one}`), run: () => chooseTheme(one), checked: theme.value === one, group: at === 0 ? t("look.theme") : undefined })),
    ...densities.map((one, at) => ({ label: t(`look.density.${one}`), run: () => chooseDensity(one), checked: density.value === one, group: at === 0 ? t("look.density") : undefined })),
    ...panes.map((one, at) => ({ label: t(`look.pane.${one}`), run: () => choosePane(one), checked: pane.value === one, group: at === 0 ? t("look.pane") : undefined })),
  ];
}

function AccountMenu({ store, onHelp }: { readonly store: MailStore; readonly onHelp: () => void }) {
  const address = store.client.session.username;
  return (
    <Menu
      label={t("app.account", { address })}
      items={[
        { label: t("app.settings"), icon: "settings", run: () => location.assign("/settings"), group: address },
        { label: t("app.contacts"), icon: "user", run: () => location.assign("/settings/contacts") },
        { label: t("app.security"), icon: "settings", run: () => location.assign("/settings/security") },
        { label: t("offline.title"), icon: "clock", run: () => holdKeys(import("../offline/start").then(({ openAway }) => openAway(store))) },
        { label: t("app.help"), icon: "help", shortcut: "?", run: onHelp },
        { label: t("app.signOut"), icon: "back", run: () => void import("../offline/signingOut").then(({ signOut }) => signOut(store)) },
      ]}
    >
      <span class="avatar" aria-hidden="true">{address.slice(0, 1).toUpperCase()}</span>
    </Menu>
  );
}

/** A bar at the foot of a telephone: what a thumb reaches. */
export function BottomBar({ onMenu, onCompose }: { readonly onMenu: () => void; readonly onCompose: () => void }) {
  return (
    <div class="bottom-bar">
      <button type="button" onClick={onMenu}><Icon name="menu" /><span>{t("app.mailboxes")}</span></button>
      <button type="button" onClick={() => go({ kind: "inbox" })}><Icon name="inbox" /><span>{t("app.inboxShort")}</span></button>
      <button type="button" onClick={() => document.querySelector<HTMLElement>("[data-search]")?.focus()}><Icon name="search" /><span>{t("keys.search")}</span></button>
      <button type="button" class="is-main" onClick={onCompose}><Icon name="compose" /><span>{t("app.composeShort")}</span></button>
    </div>
  );
}
