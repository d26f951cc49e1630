import { signal, type ReadonlySignal } from "@preact/signals";

/** How the owner of the account wants the webmail: the same at every computer (docs/jmap.md, WebmailSettings). */
export interface WebmailSettings {
  readonly undoSeconds: number;
  readonly pageSize: number;
  readonly conversations: boolean;
  readonly order: "newest" | "unread" | "starred" | "important";
  readonly preview: boolean;
  readonly density: "comfortable" | "normal" | "compact";
  readonly theme: "auto" | "light" | "dark";
  readonly readingPane: "none" | "right" | "below";
  readonly shortcuts: boolean;
  readonly keys: Readonly<Record<string, readonly string[]>>;
  readonly imagesAllowedFrom: readonly string[];
  readonly offlineDays: number;
}

export type SettingsChange = Partial<WebmailSettings>;

/** What holds without a choice, as on the server. */
export const usual: WebmailSettings = {
  undoSeconds: 10, pageSize: 50, conversations: true, order: "newest", preview: true, density: "normal", theme: "auto", readingPane: "none", shortcuts: true, keys: {}, imagesAllowedFrom: [],
  offlineDays: 30,
};

/** Where what was changed without a connection is kept in this browser, by account. */
let place = "";

/** Changed here and not yet known to the server, which may be out of reach. */
let unsaved: SettingsChange = {};
let onUnsaved: () => void = () => undefined;

const current = signal<WebmailSettings>(usual);

export const settings: ReadonlySignal<WebmailSettings> = current;

/** Takes the settings that the page came with, and what was changed here without a connection. */
export function beginSettings(accountId: string, brought: string | undefined): void {
  place = `facteur.unsaved.${accountId}`;
  unsaved = parse(keptUnsaved());
  current.value = { ...usual, ...parse(brought), ...unsaved };
}

/** Changes some, here at once and on the server when it can be reached. */
export function change(wanted: SettingsChange): void {
  unsaved = { ...unsaved, ...wanted };
  current.value = { ...current.peek(), ...wanted };
  keep();
  onUnsaved();
}

/** What the server has now; what was changed here meanwhile stays. */
export function take(told: SettingsChange): void {
  const next = { ...current.peek(), ...told, ...unsaved };
  if (JSON.stringify(next) !== JSON.stringify(current.peek())) current.value = next;
}

/** What waits to be saved. */
export function waiting(): SettingsChange {
  return unsaved;
}

/** Some of it was saved or refused; what was changed again since waits on. */
export function settled(sent: SettingsChange): void {
  unsaved = Object.fromEntries(Object.entries(unsaved).filter(([name, value]) => value !== sent[name as keyof WebmailSettings]));
  keep();
}

/** Who saves is told of each change. */
export function whenUnsaved(run: () => void): void {
  onUnsaved = run;
}

function parse(text: string | null | undefined): SettingsChange {
  try {
    const read: unknown = JSON.parse(text ?? "{}");
    return typeof read === "object" && read !== null ? read : {};
  } catch {
    return {};
  }
}

function keptUnsaved(): string | null {
  try {
    return localStorage.getItem(place);
  } catch {
    return null;
  }
}

function keep(): void {
  try {
    if (Object.keys(unsaved).length === 0) localStorage.removeItem(place);
    else localStorage.setItem(place, JSON.stringify(unsaved));
  } catch {
    // A browser that keeps nothing: it is saved while the page is open, or not at all.
  }
}
