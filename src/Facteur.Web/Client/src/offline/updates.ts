import { showToast } from "../app/toast";
import { t } from "../i18n";
import { go, parseRoute } from "../app/router";

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
  const registration = await navigator.serviceWorker.register(policy?.createScriptURL(script) ?? script, { scope: "/mail", updateViaCache: "none" });
  const takeOver = (worker: ServiceWorker | null) => worker?.postMessage({ type: "takeOver", build });
  takeOver(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const installing = registration.installing;
    installing?.addEventListener("statechange", () => {
      if (installing.state !== "installed") return;
      takeOver(installing);
      // One that takes over is of this page's build; another waits for a page of its own.
      if (navigator.serviceWorker.controller !== null) void isNewer(build).then((newer) => { if (newer) tell(); });
    });
  });
  navigator.serviceWorker.addEventListener("message", (event: MessageEvent<{ type?: string; hash?: string }>) => {
    if (event.data.type === "go" && event.data.hash !== undefined) go(parseRoute(event.data.hash));
  });
  const look = () => void registration.update().catch(() => undefined);
  setInterval(look, lookEvery);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") look(); });
  return registration;
}

/** Whether the server's page is of another build than this one. */
async function isNewer(build: string): Promise<boolean> {
  const response = await fetch(script, { cache: "no-store" }).catch(() => undefined);
  return response?.ok === true && !(await response.text()).includes(`"${build}"`);
}

function tell(): void {
  showToast({ text: t("offline.newVersion"), action: { label: t("offline.reload"), run: () => location.reload() }, seconds: 0 });
}
