import { t } from "../i18n";
import { holdKeys } from "../shortcuts/hold";
import { showToast } from "./toast";

/** Code that is loaded when it is first asked for and kept: from then on it is there at once, before the next key. Keys that come while it is loading are for what it opens. */
export class OnDemand<T> {
  private module: T | undefined;

  constructor(private readonly load: () => Promise<T>) {}

  /** Loads it before anybody asks for it. */
  ahead(): void {
    // Who asks for it later tries again, and is told why it does not work.
    this.loaded().catch(() => undefined);
  }

  /** Opens something with it: at once where it is there. */
  use(open: (module: T) => void): void {
    if (this.module !== undefined) return open(this.module);
    const opening = this.loaded().then(open);
    opening.catch(() => showToast({ text: t("done.refused", { why: t("app.failedNetwork") }) }));
    holdKeys(opening);
  }

  private async loaded(): Promise<T> {
    return (this.module ??= await this.load());
  }
}
