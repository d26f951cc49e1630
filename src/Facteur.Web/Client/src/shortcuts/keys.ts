/** What of a keyboard event a shortcut looks at. */
export interface KeyPress {
  readonly key: string;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  /** AltGr, which on some systems also counts as Ctrl and Alt. */
  readonly isAltGraph: boolean;
}

/** What of an event of the browser it is. */
export function pressOf(event: KeyboardEvent): KeyPress {
  const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
  return { key, shiftKey, ctrlKey, metaKey, altKey, isAltGraph: event.getModifierState("AltGraph") };
}

const lone = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "Dead", "Process", "Unidentified"]);

/**
 * Names a key press by what it types, never by where the key is: "#" is "#" on AZERTY with AltGr as on QWERTY with Shift. Letters with Shift are
 * "Shift+i", Ctrl and ⌘ are both "Mod". Undefined for a press that means nothing alone.
 */
export function nameOf(press: KeyPress): string | undefined {
  if (lone.has(press.key)) return undefined;
  const isTyped = press.key.length === 1;
  const isMod = (press.ctrlKey || press.metaKey) && !press.isAltGraph;
  const isAlt = press.altKey && !press.isAltGraph;
  // With ⌥ another sign is typed on a Mac: what it types counts, too.
  const isLetter = isTyped && press.key.toLowerCase() !== press.key.toUpperCase();
  const key = press.key === " " ? "Space" : isLetter ? press.key.toLowerCase() : press.key;
  const isShift = press.shiftKey && (isLetter || !isTyped || press.key === " ");
  return `${isMod ? "Mod+" : ""}${isAlt && !isTyped ? "Alt+" : ""}${isShift ? "Shift+" : ""}${key}`;
}

/** Keys that follow one another within a second, "g i"; reads presses one by one. */
export class KeySequence {
  private pressed: string[] = [];
  private at = 0;

  constructor(private readonly patience = 1_000) {}

  /**
   * @param isBegin whether something begins with these keys
   * @param isWhole whether they are something
   * @returns the keys when they are whole; "" when they begin something; undefined when they are nothing
   */
  press(name: string, now: number, isWhole: (keys: string) => boolean, isBegin: (keys: string) => boolean): string | undefined {
    if (now - this.at > this.patience) this.pressed = [];
    this.at = now;
    this.pressed.push(name);
    for (; this.pressed.length > 0; this.pressed.shift()) {
      const keys = this.pressed.join(" ");
      if (isWhole(keys)) {
        this.pressed = [];
        return keys;
      }
      if (isBegin(keys)) return "";
    }
    return undefined;
  }

  clear(): void {
    this.pressed = [];
  }
}

/** As people read it: "Ctrl K", "⇧ I". */
export function displayOf(keys: string, isMac: boolean): string {
  const names: Readonly<Record<string, string>> = {
    Mod: isMac ? "⌘" : "Ctrl", Shift: "⇧", Alt: isMac ? "⌥" : "Alt", Enter: "↵", ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc", Space: "␣", Delete: "⌦",
  };
  return keys.split(" ").map((press) => splitPress(press).map((part) => names[part] ?? (part.length === 1 && part !== part.toUpperCase() && press.includes("+") && press !== "+" ? part.toUpperCase() : part)).join(" ")).join("  ");
}

function splitPress(press: string): readonly string[] {
  return press === "+" ? ["+"] : press.endsWith("++") ? [...press.slice(0, -2).split("+"), "+"] : press.split("+");
}
