import { formatRoute, route } from "../app/router";
import type { MailStore } from "../store/mailStore";
import { nameComposeKeys } from "./keys";
import { composeAsked, openCompose, restoreCompose } from "./open";

/** Once the first list is shown: what a crash or a lost connection left comes back; a page that was opened to write begins with that. */
export function start(store: MailStore): void {
  nameComposeKeys();
  const asked = composeAsked(location.hash);
  if (asked !== undefined) {
    // Loaded again, the page need not begin another one.
    history.replaceState(null, "", formatRoute(route.peek()));
    openCompose(asked);
  }
  void restoreCompose(store);
}
