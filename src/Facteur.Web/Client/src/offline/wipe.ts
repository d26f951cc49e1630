import type { JmapClient } from "../jmap/client";
import { deleteAll } from "./db";
import { unsubscribe } from "./push";

const patience = 3_000;

/** Forgets all of the account in this browser: mail, drafts, what waits, searches, the page itself, and the address that pushes go to. */
export async function wipe(client: JmapClient): Promise<void> {
  for (const key of Object.keys(localStorage)) if (key.startsWith("facteur.")) localStorage.removeItem(key);
  const all = [unsubscribe(client), deleteAll(), forgetPage()].map((one) => one.catch(() => undefined));
  await Promise.race([Promise.all(all), new Promise((resolve) => setTimeout(resolve, patience))]);
  // What else is on its way would be asked of a session that is over.
  client.relay = () => new Promise(() => undefined);
}

async function forgetPage(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.getRegistration("/mail");
  for (const notice of (await registration?.getNotifications?.()) ?? []) notice.close();
  await registration?.unregister();
  for (const name of await caches.keys()) await caches.delete(name);
}
