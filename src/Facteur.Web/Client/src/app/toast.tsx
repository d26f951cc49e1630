import { signal } from "@preact/signals";
import { t } from "../i18n";
import { Icon } from "./icons";

export interface Toast {
  readonly text: string;
  readonly action?: { readonly label: string; readonly run: () => void };
  /** How long it stays: 7 with an action, 4 without. 0: until it is closed. */
  readonly seconds?: number;
}

const shown = signal<Toast | undefined>(undefined);
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says something at the foot of the page, in place of what was said before; answers what closes it. */
export function showToast(toast: Toast): () => void {
  clearTimeout(timer);
  shown.value = toast;
  const close = () => {
    if (shown.peek() !== toast) return;
    clearTimeout(timer);
    shown.value = undefined;
  };
  const seconds = toast.seconds ?? (toast.action === undefined ? 4 : 7);
  if (seconds > 0) timer = setTimeout(close, seconds * 1000);
  return close;
}

/** Stays while the pointer or the focus is on it: who reads slowly can still undo (WCAG 2.2.1). */
function hold(): void {
  clearTimeout(timer);
}

function release(): void {
  const toast = shown.peek();
  if (toast !== undefined && toast.seconds !== 0) timer = setTimeout(() => (shown.value = undefined), 4_000);
}

export function ToastLine() {
  const toast = shown.value;
  return (
    <div class="toast-line" role="status" aria-live="polite" aria-atomic="true">
      {toast && (
        <div class="toast" onMouseEnter={hold} onMouseLeave={release} onFocusIn={hold} onFocusOut={release}>
          <span>{toast.text}</span>
          {toast.action && (
            <button type="button" class="toast-action" onClick={() => { const { run } = toast.action!; shown.value = undefined; run(); }}>
              {toast.action.label}
            </button>
          )}
          <button type="button" class="icon-button" aria-label={t("app.close")} onClick={() => (shown.value = undefined)}><Icon name="close" /></button>
        </div>
      )}
    </div>
  );
}
