import { showToast } from "../app/toast";
import { t } from "../i18n";
import { go, parseRoute } from "../app/router";
import { waitOf } from "../store/link";

const script = "/mail/sw.js";
const lookEvery = 60 * 60_000;

interface Policies {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): { createScriptURL(url: string): string };
}

/** Registers the worker; says when there is a newer page, and lets the newer worker begin once this page is of its build. */
export async function registerWorker(build: string): Promise<ServiceWorkerRegistration | undefined> {
  if (!("serviceWorker" in navigator)) return undefined;
  // What is no address of ours is named by nobody: Trusted Types.
  const policies = (window as unknown as { trustedTypes?: Policies }).trustedTypes;
  const policy = policies?.createPolicy("facteur-worker", { createScriptURL: (url) => { if (url !== script) throw new TypeError(url); return url; } });
  const registration = await installed(() => navigator.serviceWorker.register(policy?.createScriptURL(script) ?? script, { scope: "/mail", updateViaCache: "none" }));
  const takeOver = (worker: ServiceWorker | null) => worker?.postMessage({ type: "takeOver", build });
  const follow = (installing: ServiceWorker | null) => installing?.addEventListener("statechange", () => {
    if (installing.state !== "installed") return;
    takeOver(installing);
    // One that takes over is of this page's build; another waits for a page of its own.
    if (navigator.serviceWorker.controller !== null) void isNewer(build).then((newer) => { if (newer) tell(); });
  });
  takeOver(registration.waiting);
  // One that was found before anybody listened is installed all the same.
  follow(registration.installing);
  registration.addEventListener("updatefound", () => follow(registration.installing));
  navigator.serviceWorker.addEventListener("message", (event: MessageEvent<{ type?: string; hash?: string }>) => {
    if (event.data.type === "go" && event.data.hash !== undefined) go(parseRoute(event.data.hash));
  });
  const look = () => void registration.update().catch(() => undefined);
  setInterval(look, lookEvery);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(); });
  return registration;
}

/** A browser forgets a first worker of which one file did not come: it is asked again until there is one. */
export async function installed(register: () => Promise<ServiceWorkerRegistration>, pause = (attempt: number) => new Promise<void>((resolve) => setTimeout(resolve, waitOf(attempt, Math.random())))): Promise<ServiceWorkerRegistration> {
  for (let attempt = 0; ; attempt++) {
    const registration = await register().catch(() => undefined);
    if (registration !== undefined && (registration.active !== null || registration.waiting !== null || (await isInstalled(registration.installing)))) return registration;
    await pause(attempt);
  }
}

function isInstalled(worker: ServiceWorker | null): Promise<boolean> {
  if (worker === null) return Promise.resolve(false);
  return new Promise((resolve) => {
    const look = () => { if (worker.state !== "installing") resolve(worker.state !== "redundant"); };
    worker.addEventListener("statechange", look);
    look();
  });
}

/** Whether the server's page is of another build than this one. */
async function isNewer(build: string): Promise<boolean> {
  const response = await fetch(script, { cache: "no-store" }).catch(() => undefined);
  return response?.ok === true && !(await response.text()).includes(`"${build}"`);
}

function tell(): void {
  showToast({ text: t("offline.newVersion"), action: { label: t("offline.reload"), run: () => location.reload() }, seconds: 0 });
}
