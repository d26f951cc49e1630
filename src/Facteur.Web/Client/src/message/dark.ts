import { signal, type ReadonlySignal } from "@preact/signals";

const wish = matchMedia("(prefers-color-scheme: dark)");
const current = signal(decide());

/** Whether the page is dark now: by choice, else by the system. */
export const isDark: ReadonlySignal<boolean> = current;

wish.addEventListener("change", () => (current.value = decide()));
new MutationObserver(() => (current.value = decide())).observe(document.documentElement, { attributeFilter: ["data-theme"] });

function decide(): boolean {
  const { theme } = document.documentElement.dataset;
  return theme === "dark" || (theme !== "light" && wish.matches);
}
