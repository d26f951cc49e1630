import Squire from "squire-rte";
import { cleanFragment, serialise, type ImageOf } from "./editorHtml";

/**
 * Squire under our policy: what it parses goes through the sanitiser, which gives nodes and no text. Undo puts former states back by the same way, since
 * markup may not be assigned (Trusted Types).
 */
export class RichText extends Squire {
  private readonly imageOf: ImageOf;

  constructor(root: HTMLElement, imageOf: ImageOf) {
    super(root, {
      blockTag: "DIV", addLinks: true, sanitizeToDOMFragment: (html) => cleanFragment(html, imageOf), didError: (error: unknown) => console.warn(error),
      undo: { documentSizeThreshold: 500_000, undoLimit: 60 },
    });
    this.imageOf = imageOf;
  }

  override _setRawHTML(html: string): this {
    this.getRoot().replaceChildren(cleanFragment(html, this.imageOf ?? (() => null)));
    this._ensureBottomLine();
    this._ignoreChange = true;
    return this;
  }

  /** What is sent. */
  content(): string {
    return serialise(this.getRoot());
  }

  /** Gives images whose octets arrived their address. */
  showImages(): void {
    for (const image of this.getRoot().querySelectorAll<HTMLImageElement>("img[data-cid]:not([src])")) {
      const shown = this.imageOf(image.dataset["cid"] ?? "");
      if (shown === null) continue;
      this._ignoreChange = true;
      image.src = shown;
    }
  }

  /** Puts another signature in place of the former one, if that is still there as it was. */
  swapSignature(before: string | null, after: string | null): void {
    const root = this.getRoot();
    const old = [...root.querySelectorAll(".facteur_signature")].at(0) ?? null;
    const isUntouched = old !== null && before !== null && textOf(cleanFragment(before, () => null)) === textOf(old);
    this.saveUndoState();
    const fresh = after === null ? null : cleanFragment(after, this.imageOf);
    if (isUntouched && fresh !== null) old.replaceWith(fresh);
    else if (isUntouched) old.remove();
    else if (old === null && fresh !== null) {
      const quote = root.querySelector(":scope > .facteur_quote");
      if (quote === null) root.append(fresh);
      else quote.before(fresh, this.createDefaultBlock());
    }
    this._docWasChanged();
  }
}

function textOf(node: Node): string {
  return (node.textContent ?? "").replace(/\s+/gu, " ").trim();
}
