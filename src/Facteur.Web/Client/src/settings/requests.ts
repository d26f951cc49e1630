import type { JmapClient } from "../jmap/client";
import type { GetAnswer, SetAnswer } from "../jmap/types";
import { RefusedError } from "../store/actions";
import { take, type SettingsChange, type WebmailSettings } from "./settings";

/** Reads how the webmail is wanted now, for all who look at it. */
export async function readSettings(client: JmapClient): Promise<void> {
  const { list } = await client.call<GetAnswer<WebmailSettings & { id: string; language: string | null }>>("WebmailSettings/get", { ids: null });
  if (list[0] === undefined) return;
  const { id: _, language: __, ...told } = list[0];
  take(told);
}

export async function writeSettings(client: JmapClient, change: SettingsChange): Promise<void> {
  const answer = await client.call<SetAnswer>("WebmailSettings/set", { update: { singleton: change } });
  const refused = answer.notUpdated?.["singleton"];
  if (refused !== undefined) throw new RefusedError(refused);
}
