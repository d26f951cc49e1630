// The service worker. Invariants: files are served out of the cache of one build, by names that hold a hash of what they are, so that no page ever runs parts
// of two; the page comes from the network and only without one out of the cache, where it lies with the files it names; nothing else is touched.
// It stands alone: the server puts the build and the names of its files before it (MailWorker.cs).

interface Build {
  readonly build: string;
  readonly files: readonly string[];
}

interface WorkerEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}

interface Client {
  readonly url: string;
  readonly visibilityState: DocumentVisibilityState;
  postMessage(message: unknown): void;
  focus(): Promise<Client>;
}

interface WorkerScope {
  readonly facteur: Build;
  readonly registration: ServiceWorkerRegistration;
  readonly location: Location;
  readonly clients: { claim(): Promise<void>; matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<readonly Client[]>; openWindow(url: string): Promise<unknown> };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, listener: (event: never) => void): void;
}

const worker = self as unknown as WorkerScope;
const { build, files } = worker.facteur;
const prefix = "facteur-mail-";
const cacheName = prefix + build;
const page = "/mail";
/** The empty document that shows the HTML of a message (docs/decisions/0021); it brings its policy with it, out of the cache as well. */
const frame = "/mail/body";
/** Builds whose files stay: this one, and the one that a page that is still open may be of. */
const keptBuilds = 2;
const maxNotices = 3;

worker.addEventListener("install", (event: WorkerEvent) => event.waitUntil(install()));
worker.addEventListener("activate", (event: WorkerEvent) => event.waitUntil(activate()));
worker.addEventListener("message", (event: WorkerEvent & MessageEvent<{ type?: string; build?: string }>) => {
  // The page that asks is of this build already: nobody is left to wait for.
  if (event.data?.type === "takeOver" && event.data.build === build) event.waitUntil(worker.skipWaiting());
});
worker.addEventListener("fetch", (event: Event & { readonly request: Request; respondWith(response: Promise<Response>): void }) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (request.mode === "navigate" && url.pathname === page) event.respondWith(pageOf(request));
  else if (request.mode === "navigate" && url.pathname === frame) event.respondWith(fetch(request).catch(async (error: unknown) => (await caches.match(frame, { cacheName })) ?? Promise.reject(error)));
  else if (url.pathname.startsWith("/mail/assets/")) event.respondWith(fileOf(request));
});
worker.addEventListener("push", (event: WorkerEvent & { readonly data: { json(): unknown } | null }) => event.waitUntil(pushed(event.data?.json())));
worker.addEventListener("notificationclick", (event: WorkerEvent & { readonly notification: Notification }) => {
  event.notification.close();
  event.waitUntil(open(String((event.notification.data as { hash?: string } | null)?.hash ?? "#/inbox")));
});

async function install(): Promise<void> {
  const cache = await caches.open(cacheName);
  await cache.addAll([...files, frame]);
  await keepPage(await fetch(page, { credentials: "same-origin", cache: "no-store" }).catch(() => undefined));
}

async function activate(): Promise<void> {
  const all = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== cacheName);
  const old = all.slice(0, Math.max(0, all.length - (keptBuilds - 1)));
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** Keeps the page for when there is no line, if it is one of this build; without the mail that it brought, which is old by then (Mail.cshtml). */
async function keepPage(response: Response | undefined): Promise<void> {
  if (response === undefined || !response.ok || response.redirected) return;
  const text = await response.clone().text();
  if (!text.includes(`data-build="${build}"`)) return;
  const headers = new Headers(response.headers);
  headers.delete("Content-Encoding");
  await (await caches.open(cacheName)).put(page, new Response(text.replaceAll(/<!--first-->.*?<!--\/first-->/gs, ""), { headers }));
}

async function pageOf(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    if (response.type === "basic" && response.ok) await keepPage(response.clone()).catch(() => undefined);
    return response;
  } catch (error) {
    const kept = await caches.match(page, { cacheName });
    if (kept === undefined) throw error;
    return kept;
  }
}

/** A name stands for its content: wherever it is found it is the same. */
async function fileOf(request: Request): Promise<Response> {
  return (await caches.match(request, { cacheName, ignoreVary: true })) ?? (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

/** RFC 8620 §7.2: the code that proves the address is ours goes back; changes are looked at, since they say only that there are some. */
async function pushed(message: unknown): Promise<void> {
  const { "@type": type, pushSubscriptionId, verificationCode } = (message ?? {}) as { "@type"?: string; pushSubscriptionId?: string; verificationCode?: string };
  if (type === "PushVerification" && pushSubscriptionId !== undefined) {
    const session = await sessionOf();
    await call(session, [["PushSubscription/set", { update: { [pushSubscriptionId]: { verificationCode } } }, "0"]]);
  } else if (type === "StateChange") await announce();
}

interface Session {
  readonly apiUrl: string;
  readonly capabilities: Readonly<Record<string, unknown>>;
  readonly primaryAccounts: Readonly<Record<string, string>>;
}

interface Found {
  readonly id: string;
  readonly threadId: string;
  readonly subject: string | null;
  readonly from: readonly { readonly name: string | null; readonly email: string }[] | null;
}

async function sessionOf(): Promise<Session> {
  const response = await fetch("/.well-known/jmap", { credentials: "same-origin", cache: "no-store" });
  if (!response.ok) throw new Error(response.statusText);
  return (await response.json()) as Session;
}

async function call(session: Session, methodCalls: readonly unknown[]): Promise<readonly (readonly [string, Readonly<Record<string, unknown>>, string])[]> {
  const response = await fetch(session.apiUrl, {
    method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ using: ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"], methodCalls }),
  });
  if (!response.ok) throw new Error(response.statusText);
  return ((await response.json()) as { methodResponses: readonly (readonly [string, Readonly<Record<string, unknown>>, string])[] }).methodResponses;
}

/** Shows who wrote and about what, of what came in just now; nothing while somebody looks at the page. */
async function announce(): Promise<void> {
  const open = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (open.some((client) => client.visibilityState === "visible" && new URL(client.url).pathname === page)) return;
  const session = await sessionOf();
  const accountId = session.primaryAccounts["urn:ietf:params:jmap:mail"];
  const [[, inboxes]] = (await call(session, [["Mailbox/query", { accountId, filter: { role: "inbox" } }, "0"]])) as [readonly [string, { readonly ids: readonly string[] }, string]];
  const after = new Date(Date.now() - 10 * 60_000).toISOString().replace(/\.\d+Z$/, "Z");
  const answers = await call(session, [
    ["Email/query", { accountId, filter: { inMailbox: inboxes.ids[0], notKeyword: "$seen", after }, sort: [{ property: "receivedAt", isAscending: false }], limit: maxNotices }, "0"],
    ["Email/get", { accountId, "#ids": { resultOf: "0", name: "Email/query", path: "/ids" }, properties: ["threadId", "subject", "from"] }, "1"],
  ]);
  const shown = new Set((await worker.registration.getNotifications()).map((one) => one.tag));
  for (const email of (answers[1]![1] as unknown as { readonly list: readonly Found[] }).list) {
    if (shown.has(email.id)) continue;
    const sender = email.from?.[0];
    await worker.registration.showNotification(sender?.name || sender?.email || "Facteur", { body: email.subject ?? "", tag: email.id, data: { hash: `#/inbox/t/${encodeURIComponent(email.threadId)}` } });
  }
}

async function open(hash: string): Promise<void> {
  const clients = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const client = clients.find((one) => new URL(one.url).pathname === page);
  if (client === undefined) return void (await worker.clients.openWindow(page + hash));
  await client.focus();
  client.postMessage({ type: "go", hash });
}
