import { t } from "../i18n";
import { displayOf } from "../shortcuts/keys";
import { bound } from "../shortcuts/registry";

const shownFor = 1_500;

/** Shows by the pointer, for a moment, the key that would have done what was clicked. */
export function teachKeys(): void {
  let shown: HTMLElement | undefined;
  document.addEventListener("click", (event) => {
    const isMouse = (event as PointerEvent).pointerType === "mouse" && event.detail > 0;
    const button = isMouse ? (event.target as Element).closest("button, a") : null;
    const keys = button === null ? undefined : keysOf(nameOfButton(button));
    if (keys === undefined) return;
    shown?.remove();
    const hint = document.createElement("div");
    hint.className = "key-hint";
    hint.ariaHidden = "true";
    const key = document.createElement("kbd");
    key.textContent = displayOf(keys, /Mac|iPhone|iPad/.test(navigator.userAgent));
    hint.append(key);
    document.body.append(hint);
    hint.style.left = `${Math.min(event.clientX + 14, innerWidth - hint.offsetWidth - 8)}px`;
    hint.style.top = `${Math.min(event.clientY + 14, innerHeight - hint.offsetHeight - 8)}px`;
    shown = hint;
    setTimeout(() => hint.remove(), shownFor);
  }, true);
}

function nameOfButton(button: Element): string {
  return button.getAttribute("aria-label") ?? button.querySelector(".menu-text")?.textContent ?? button.textContent ?? "";
}

/** A button that says what a shortcut says does the same. */
function keysOf(name: string): string | undefined {
  const wanted = name.replace(/ : .*$/, "").replace(/ \([^)]*\)$/, "").trim();
  return bound.peek().findLast((one) => one.scope !== "compose" && one.keys.length > 0 && t(one.label) === wanted)?.keys[0];
}
