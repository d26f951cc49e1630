import { listBanner } from "../app/slots";
import type { MailStore } from "../store/mailStore";
import { showFound } from "./found";
import SearchBanner from "./SearchBanner";
import { loadSuggestions } from "./SearchBox";

/** Once the first list is shown: what goes with a search. */
export function start(store: MailStore): void {
  showFound(store);
  listBanner.value = SearchBanner;
  void loadSuggestions();
}
