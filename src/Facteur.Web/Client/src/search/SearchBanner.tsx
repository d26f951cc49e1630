import { h } from "preact";
import { useEffect } from "preact/hooks";
import { Icon } from "../app/icons";
import { OnDemand } from "../app/onDemand";
import { showOverlay } from "../app/overlay";
import { formatRoute, go, route } from "../app/router";
import { language, t } from "../i18n";
import { Capability } from "../jmap/client";
import type { MailStore } from "../store/mailStore";
import { askShown, keepSearch, shownSearch, type Hint, type Parsed } from "./parse";

/** Over what a search found: what was left out, what was not understood, and what can be made of it. */
export default function SearchBanner({ store }: { readonly store: MailStore }) {
  const here = route.value;
  const text = here.kind === "search" ? here.text : "";
  useEffect(() => {
    if (text === "") return;
    keepSearch(store, text);
    void askShown(store, text).catch(() => undefined);
  }, [text]);
  const shown = shownSearch.value;
  if (text === "" || shown?.text !== text) return null;
  const { parsed } = shown;
  const everywhere = `${text} ${language === "fr" ? "dans:partout" : "in:anywhere"}`;
  return (
    <div class="search-banner">
      {parsed.hints.map((hint) => <HintLine key={`${hint.type}${hint.start}`} text={text} hint={hint} />)}
      <div class="search-notes">
        {parsed.leavesOutJunkAndTrash && (
          <span>{t("search.leavesOut")} <a href={formatRoute({ kind: "search", text: everywhere })}>{t("search.everywhere")}</a></span>
        )}
        {store.client.has(Capability.facteurRules) && <button type="button" class="link-button search-filter" onClick={() => openFilter(store, text, parsed)}><Icon name="filter" />{t("search.createFilter")}</button>}
      </div>
    </div>
  );
}

const filterDialog = new OnDemand(() => import("./SearchFilter"));

function openFilter(store: MailStore, text: string, { chips }: Parsed): void {
  filterDialog.use(({ default: SearchFilter }) => showOverlay((close) => h(SearchFilter, { store, text, chips, onClose: close })));
}

/** What of a search was not taken as it may have been meant, with what was perhaps meant. */
function HintLine({ text, hint }: { readonly text: string; readonly hint: Hint }) {
  const part = text.slice(hint.start, hint.start + hint.length);
  const { suggestion } = hint;
  return (
    <p class="search-hint" role="status">
      <Icon name="help" />
      <span>{t(`search.hint.${hint.type}`, { part })}</span>
      {suggestion !== null && (
        <button type="button" class="link-button" onClick={() => go({ kind: "search", text: text.slice(0, hint.start) + suggestion + text.slice(hint.start + hint.length) })}>{t("search.suggestion", { text: suggestion })}</button>
      )}
    </p>
  );
}
