import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "./icons";

export interface MenuItem {
  readonly label: string;
  readonly run: () => void;
  readonly shortcut?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly icon?: IconName | undefined;
  /** One of several that exclude one another, or one that is on or off. */
  readonly checked?: boolean | undefined;
  /** A heading above it. */
  readonly group?: string | undefined;
}

export interface MenuProps {
  /** What the button is for. */
  readonly label: string;
  readonly items: readonly MenuItem[];
  /** What the button shows; an icon when left out. */
  readonly children?: ComponentChildren;
  readonly icon?: IconName;
  readonly class?: string;
  /** Which edge of the button it keeps to. */
  readonly align?: "start" | "end";
}

/** Moves a list that a narrow window would cut off back into it. */
function keepInside(list: HTMLElement | null | undefined): void {
  if (!list) return;
  list.style.translate = "";
  const { left, right } = list.getBoundingClientRect();
  const [least, most] = [8, document.documentElement.clientWidth - 8];
  const by = right > most ? Math.max(most - right, least - left) : left < least ? least - left : 0;
  if (by !== 0) list.style.translate = `${by}px`;
}

/** A button that opens a menu, by the WAI-ARIA pattern "menu button": arrows, Home, End, first letters, Escape; the focus returns to the button. */
export function Menu(props: MenuProps) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const id = useId();

  const close = (back: boolean) => {
    setOpen(false);
    if (back) button.current?.focus();
  };
  const entries = () => [...(root.current?.querySelectorAll<HTMLElement>("[role^=menuitem]:not([aria-disabled=true])") ?? [])];

  // At once with the drawing: a focus that moved later would take away what was chosen by then.
  useLayoutEffect(() => {
    if (!isOpen) return;
    const place = () => keepInside(root.current?.querySelector<HTMLElement>("[role=menu]"));
    place();
    (entries().find((one) => one.getAttribute("aria-checked") === "true") ?? entries()[0])?.focus();
    const outside = (event: Event) => { if (!root.current?.contains(event.target as Node)) close(false); };
    document.addEventListener("pointerdown", outside, true);
    addEventListener("resize", place);
    return () => {
      document.removeEventListener("pointerdown", outside, true);
      removeEventListener("resize", place);
    };
  }, [isOpen]);

  const onKeyDown = (event: KeyboardEvent) => {
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) all.at(to >= all.length ? 0 : to)?.focus();
    else if (event.key === "Escape") close(true);
    else if (event.key === "Tab") return close(false);
    else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) startingWith(all, at, event.key)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class={`menu ${props.class ?? ""}`} ref={root}>
      <button
        ref={button} type="button" class={props.children === undefined ? "icon-button" : "menu-button"} aria-haspopup="menu" aria-expanded={isOpen} aria-controls={isOpen ? id : undefined}
        aria-label={props.label} title={props.label} onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => { if (event.key === "ArrowDown") { event.preventDefault(); event.stopPropagation(); setOpen(true); } }}
      >
        {props.children ?? <Icon name={props.icon ?? "more"} />}
      </button>
      {isOpen && (
        <div id={id} role="menu" aria-label={props.label} class={`menu-list at-${props.align ?? "end"}`} onKeyDown={onKeyDown}>
          {props.items.map((item) => (
            <>
              {item.group !== undefined && <div class="menu-group" role="presentation">{item.group}</div>}
              <button
                type="button" role={item.checked === undefined ? "menuitem" : "menuitemradio"} aria-checked={item.checked} aria-disabled={item.disabled === true}
                tabIndex={-1} onClick={() => { if (item.disabled !== true) { close(true); item.run(); } }}
              >
                <span class="menu-mark">{item.checked === true ? <Icon name="check" /> : item.icon && <Icon name={item.icon} />}</span>
                <span class="menu-text">{item.label}</span>
                {item.shortcut !== undefined && <kbd>{item.shortcut}</kbd>}
              </button>
            </>
          ))}
        </div>
      )}
    </div>
  );
}

function startingWith(all: readonly HTMLElement[], at: number, letter: string): HTMLElement | undefined {
  const isMatch = (one: HTMLElement) => one.textContent?.trim().toLocaleLowerCase().startsWith(letter.toLocaleLowerCase()) === true;
  return all.slice(at + 1).find(isMatch) ?? all.find(isMatch);
}
