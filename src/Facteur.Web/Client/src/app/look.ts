import { computed, effect, signal, type ReadonlySignal } from "@preact/signals";
import { change, settings, type WebmailSettings } from "../settings/settings";
import { widthOf } from "./widths";

export { narrowWidth, wideWidth } from "./widths";

export type Theme = WebmailSettings["theme"];
export type Density = WebmailSettings["density"];
export type Pane = WebmailSettings["readingPane"];

export const themes: readonly Theme[] = ["auto", "light", "dark"];
export const densities: readonly Density[] = ["comfortable", "normal", "compact"];
export const panes: readonly Pane[] = ["none", "right", "below"];

const root = typeof document === "undefined" ? undefined : document.documentElement;

/** How the page looks: kept by the account, so that it looks the same at every computer. */
export const theme: ReadonlySignal<Theme> = computed(() => settings.value.theme);
export const density: ReadonlySignal<Density> = computed(() => settings.value.density);
export const pane: ReadonlySignal<Pane> = computed(() => settings.value.readingPane);

export const chooseTheme = (one: Theme): void => change({ theme: one });
export const chooseDensity = (one: Density): void => change({ density: one });
export const choosePane = (one: Pane): void => change({ readingPane: one });

/** Heights of a row in pixels, as in tokens.css; on a narrow page a row has two lines. */
const heights: Readonly<Record<Density, number>> = { comfortable: 48, normal: 40, compact: 32 };
const tallRow = 68;

/** Of the page, in pixels as if letters had their usual size: with letters twice as large there is room for half as much. */
export const width = signal(typeof innerWidth === "undefined" ? 1280 : innerWidth);
/** Who set larger letters gets higher rows: pixels of one rem, 16 of old. */
export const rem = signal(16);

export function rowHeight(isTall: boolean): number {
  return Math.round(((isTall ? tallRow : heights[density.value]) * rem.value) / 16);
}

/** Writes the look into the page; it came with what held when it was asked for. */
export function beginLook(): void {
  effect(() => show("theme", theme.value));
  effect(() => show("density", density.value));
  effect(() => show("pane", pane.value));
  effect(() => show("preview", settings.value.preview ? "on" : "off"));
  const measure = () => {
    const now = widthOf(root!);
    rem.value = now.rem;
    width.value = now.width;
  };
  measure();
  addEventListener("resize", measure);
}

function show(name: string, value: string): void {
  if (root !== undefined) root.dataset[name] = value;
}
