import { Capability, type JmapClient } from "../jmap/client";
import type { SetAnswer } from "../jmap/types";

const idPlace = "facteur.push";
const devicePlace = "facteur.device";

/** Whether this browser and the server can push at all. */
export function canPush(client: JmapClient): boolean {
  return client.has(Capability.webPush) && "serviceWorker" in navigator && "PushManager" in window;
}

/** Lets the server push what comes in to this browser (RFC 8620 §7.2); the worker shows the code that comes first. False where the browser has no push service. */
export async function subscribe(client: JmapClient, registration: ServiceWorkerRegistration): Promise<boolean> {
  if (!canPush(client)) return false;
  const key = client.session.capabilities[Capability.webPush]?.["applicationServerKey"];
  if (typeof key !== "string") return false;
  let subscription: PushSubscription;
  try {
    subscription = (await registration.pushManager.getSubscription()) ?? (await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  } catch {
    return false;
  }
  const { endpoint, keys } = subscription.toJSON();
  if (endpoint === undefined || keys === undefined) return false;
  if (await renew(client, endpoint)) return true;
  const create = { push: { deviceClientId: device(), url: endpoint, keys: { p256dh: keys["p256dh"], auth: keys["auth"] }, types: ["EmailDelivery"] } };
  // Of no account: an account's id would be one argument too many.
  const answer = await client.call<SetAnswer>("PushSubscription/set", { accountId: undefined, create });
  const id = answer.created?.["push"]?.["id"];
  if (typeof id !== "string") return false;
  localStorage.setItem(idPlace, JSON.stringify({ id, endpoint }));
  return true;
}

/** The server forgets the address, and the browser as well. */
export async function unsubscribe(client: JmapClient): Promise<void> {
  const kept = keptSubscription();
  localStorage.removeItem(idPlace);
  const registration = "serviceWorker" in navigator ? await navigator.serviceWorker.getRegistration("/mail") : undefined;
  await Promise.all([
    kept === undefined ? undefined : client.call("PushSubscription/set", { accountId: undefined, destroy: [kept.id] }).catch(() => undefined),
    registration?.pushManager?.getSubscription().then((one) => one?.unsubscribe()),
  ]);
}

/** A subscription lives for days: each page that is opened makes it live on. False when there is none, or it is of another address. */
async function renew(client: JmapClient, endpoint: string): Promise<boolean> {
  const kept = keptSubscription();
  if (kept === undefined) return false;
  const expires = new Date(Date.now() + 30 * 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");
  const change = kept.endpoint === endpoint ? { update: { [kept.id]: { expires } } } : { destroy: [kept.id] };
  const answer = await client.call<SetAnswer>("PushSubscription/set", { accountId: undefined, ...change });
  return answer.updated != null && kept.id in answer.updated;
}

function keptSubscription(): { readonly id: string; readonly endpoint: string } | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(idPlace) ?? "null") as { id?: unknown; endpoint?: unknown } | null;
    return typeof kept?.id === "string" && typeof kept.endpoint === "string" ? { id: kept.id, endpoint: kept.endpoint } : undefined;
  } catch {
    return undefined;
  }
}

function device(): string {
  let id = localStorage.getItem(devicePlace);
  if (id === null) localStorage.setItem(devicePlace, (id = crypto.randomUUID()));
  return id;
}
