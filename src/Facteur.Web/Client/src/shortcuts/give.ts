import type { KeyPress } from "./keys";
import { isTyping } from "./registry";

/** Does with a key what a browser does: tells it to what has the focus, and where nobody minds lets it do the usual. */
export function giveKey(press: KeyPress): void {
  const target = document.activeElement ?? document.body;
  const { key, shiftKey, ctrlKey, metaKey, altKey, isAltGraph } = press;
  const event = new KeyboardEvent("keydown", { key, shiftKey, ctrlKey, metaKey, altKey, modifierAltGraph: isAltGraph, bubbles: true, cancelable: true });
  if (!target.dispatchEvent(event) || ((ctrlKey || metaKey) && !isAltGraph)) return;
  if (target.matches("button, summary, a[href]") && (key === "Enter" || key === " ")) (target as HTMLElement).click();
  else if (key === "Tab") moveOn(target, shiftKey ? -1 : 1);
  else if (key === "Escape") target.closest("dialog")?.dispatchEvent(new Event("cancel", { cancelable: true }));
  else if (isTyping(target)) edit(target, key);
}

/** Types as the keyboard does, into fields and editors alike, with all that belongs to it: events before and after, and the field's own undo. */
function edit(target: Element, key: string): void {
  if (key === "Enter" && target instanceof HTMLInputElement) target.form?.requestSubmit();
  else if (key === "Enter") document.execCommand(target instanceof HTMLTextAreaElement ? "insertLineBreak" : "insertParagraph");
  else if (key === "Backspace") document.execCommand("delete");
  else if (key === "Delete") document.execCommand("forwardDelete");
  else if (key.length === 1) document.execCommand("insertText", false, key);
}

/** To the next of what Tab goes through. */
function moveOn(target: Element, step: 1 | -1): void {
  const all = [...(target.closest("dialog, [role=dialog]") ?? document.body).querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, [tabindex], [contenteditable=true]")]
    .filter((one) => one.tabIndex >= 0 && !one.matches(":disabled") && one.checkVisibility());
  all.at((all.indexOf(target as HTMLElement) + step) % all.length)?.focus();
}
