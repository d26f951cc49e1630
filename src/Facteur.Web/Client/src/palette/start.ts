import { h } from "preact";
import { OnDemand } from "../app/onDemand";
import { showOverlay } from "../app/overlay";
import { t } from "../i18n";
import { holdKeys } from "../shortcuts/hold";
import { bind } from "../shortcuts/registry";
import type { MailStore } from "../store/mailStore";
import type PaletteType from "./Palette";
import type { Command } from "./rank";
import { teachKeys } from "./teach";

const palette = new OnDemand(() => import("./Palette"));
const keysDialog = new OnDemand(() => import("./KeysDialog"));
let isOpen = false;

/** The palette's key, and the hint that teaches keys. */
export function start(store: MailStore): void {
  bind("global", "palette", ["Mod+k"], "palette.open", () => palette.use(({ default: Palette }) => open(store, Palette)));
  teachKeys();
  palette.ahead();
}

function open(store: MailStore, Palette: typeof PaletteType): void {
  if (isOpen) return;
  isOpen = true;
  const more: readonly Command[] = [
    { id: "keys", label: t("palette.keysTitle"), run: openKeys },
    { id: "away", label: t("offline.title"), run: () => holdKeys(import("../offline/start").then(({ openAway }) => openAway(store))) },
    { id: "settings", label: t("app.settings"), run: () => location.assign("/settings") },
  ];
  showOverlay((close) => h(Palette, { store, more, onClose: () => { isOpen = false; close(); } }));
}

/** Where keys are changed. */
export function openKeys(): void {
  keysDialog.use(({ default: KeysDialog }) => showOverlay((close) => h(KeysDialog, { onClose: close })));
}
