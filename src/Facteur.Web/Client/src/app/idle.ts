/** Runs something once the browser has nothing else to do, or after so long at the latest. */
export function whenIdle(run: () => void, latest: number): void {
  if ("requestIdleCallback" in window) requestIdleCallback(run, { timeout: latest });
  else setTimeout(run, 200);
}
