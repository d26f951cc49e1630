import type { JmapClient } from "../jmap/client";
import { KeptMail } from "./db";
import { Relay } from "./relay";

export interface Opened {
  readonly kept: KeptMail;
  readonly relay: Relay;
}

let opened: Promise<Opened> | undefined;

/** Opens what is kept and puts it between the page and the server; once. */
export function openKept(client: JmapClient): Promise<Opened> {
  opened ??= KeptMail.open(client.accountId).then((kept) => ({ kept, relay: new Relay(client, kept) }));
  return opened;
}

/** Takes it away from between them. */
export function closeKept(client: JmapClient, kept: KeptMail): void {
  opened = undefined;
  client.relay = (calls, send) => send(calls);
  kept.close();
}
