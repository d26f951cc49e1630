import { showToast } from "../app/toast";
import { t } from "../i18n";
import { reasonOf } from "./reasons";

/** Something that was done and can be taken back. */
export interface Undoable {
  /** What was done, as the toast says it. */
  readonly text: string;
  readonly undo: () => Promise<void>;
  /** How long the toast stays, where that matters. */
  readonly seconds?: number;
  /** What is said once it is taken back; "Undone." without it. */
  readonly done?: string;
}

const maxKept = 50;

/** What was done, the last on top: by the toast's button for a while, by `z` as long as the page is open. */
export class UndoStack {
  private readonly entries: Undoable[] = [];

  /** Notes it without a word: for things that are seen anyway. */
  keep(entry: Undoable): void {
    this.entries.push(entry);
    if (this.entries.length > maxKept) this.entries.shift();
  }

  /** Notes it and says so; answers what closes the toast. */
  push(entry: Undoable): () => void {
    this.keep(entry);
    return showToast({ text: entry.text, action: { label: t("app.undo"), run: () => void this.take(entry) }, ...(entry.seconds === undefined ? {} : { seconds: entry.seconds }) });
  }

  /** It was not done after all. */
  drop(entry: Undoable): void {
    const at = this.entries.indexOf(entry);
    if (at >= 0) this.entries.splice(at, 1);
  }

  /** Takes the last thing back. */
  async undoLast(): Promise<void> {
    const entry = this.entries.at(-1);
    if (entry === undefined) showToast({ text: t("undo.nothing") });
    else await this.take(entry);
  }

  private async take(entry: Undoable): Promise<void> {
    const at = this.entries.indexOf(entry);
    if (at < 0) return;
    this.entries.splice(at, 1);
    try {
      await entry.undo();
      showToast({ text: entry.done ?? t("undo.done") });
    } catch (error) {
      showToast({ text: t("undo.failed", { why: reasonOf(error) }) });
    }
  }
}
