import { effect } from "@preact/signals";
import { showToast } from "../app/toast";
import { t } from "../i18n";
import { Capability, MethodError, type JmapClient } from "../jmap/client";
import { RefusedError } from "../store/actions";
import type { MailStore } from "../store/mailStore";
import { reasonOf, reasonOfSet } from "../store/reasons";
import { readSettings, writeSettings } from "./requests";
import { settled, waiting, whenUnsaved } from "./settings";

/** Saves what is changed here, and follows what is changed elsewhere: another page, another computer, the pages of the settings. */
export function start(store: MailStore): void {
  if (!store.client.has(Capability.facteurSettings)) return;
  const saver = new Saver(store.client);
  whenUnsaved(() => void saver.run());
  effect(() => { if (store.isOnline.value) void saver.run(); });
  store.onStates((changed) => { if ("WebmailSettings" in changed) void readSettings(store.client).catch(() => undefined); });
}

class Saver {
  private isRunning = false;

  constructor(private readonly client: JmapClient) {}

  /** One request at a time, so that the last word is the last. */
  async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    try {
      while (Object.keys(waiting()).length > 0) await this.save();
    } catch {
      // Without a connection it waits for one, in this browser.
    } finally {
      this.isRunning = false;
    }
  }

  private async save(): Promise<void> {
    const sent = waiting();
    try {
      await writeSettings(this.client, sent);
      settled(sent);
    } catch (error) {
      const isRefused = error instanceof RefusedError;
      if (!isRefused && !(error instanceof MethodError)) throw error;
      showToast({ text: t("app.settingRefused", { why: isRefused ? reasonOfSet(error.why) : reasonOf(error) }) });
      settled(sent);
      await readSettings(this.client);
    }
  }
}
