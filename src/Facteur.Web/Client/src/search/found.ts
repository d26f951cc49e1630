import "../styles/found.css";
import { effect, untracked } from "@preact/signals";
import { route } from "../app/router";
import { foundWords, snippets, type Snippet } from "../app/slots";
import type { Id } from "../jmap/types";
import type { MailStore } from "../store/mailStore";
import { shownSearch } from "./parse";
import { readSnippet, wordsOf } from "./snippet";

interface SnippetAnswer {
  readonly list: readonly { readonly emailId: Id; readonly subject: string | null; readonly preview: string | null }[];
}

const idsAtOnce = 50;

/** Shows what was found, while a search is shown: in its rows, and in the messages that are opened out of it. */
export function showFound(store: MailStore): void {
  effect(() => {
    const here = route.value;
    const search = shownSearch.value;
    const words = here.kind === "search" && search?.text === here.text ? wordsOf(search.parsed.chips) : [];
    if (words.join("\n") !== foundWords.peek().join("\n")) foundWords.value = words;
  });
  const rows = new FoundRows(store);
  effect(() => {
    const { query, list } = store.list.value;
    const ids = query.key.startsWith("#/search/") ? list.known() : [];
    untracked(() => rows.follow(query.key, query.filter, ids));
  });
}

/** Snippets of the rows that are known, each asked for once. */
class FoundRows {
  private key = "";
  private filter: Readonly<Record<string, unknown>> = {};
  private wanted: readonly Id[] = [];
  private asked = new Set<Id>();
  private isBusy = false;

  constructor(private readonly store: MailStore) {}

  follow(key: string, filter: Readonly<Record<string, unknown>>, ids: readonly Id[]): void {
    if (key !== this.key) {
      this.asked = new Set();
      if (snippets.peek().size > 0) snippets.value = new Map();
    }
    [this.key, this.filter, this.wanted] = [key, filter, ids];
    if (!this.isBusy && ids.length > 0) void this.work().catch(() => undefined); // rows show what they show without
  }

  private async work(): Promise<void> {
    this.isBusy = true;
    try {
      for (;;) {
        const emailIds = this.wanted.filter((id) => !this.asked.has(id)).slice(0, idsAtOnce);
        if (emailIds.length === 0) return;
        const { key } = this;
        for (const id of emailIds) this.asked.add(id);
        const { list } = await this.store.client.call<SnippetAnswer>("SearchSnippet/get", { filter: this.filter, emailIds });
        if (key === this.key) this.take(list);
      }
    } finally {
      this.isBusy = false;
    }
  }

  private take(list: SnippetAnswer["list"]): void {
    const found = list.filter((one) => one.subject !== null || one.preview !== null).map(({ emailId, subject, preview }): readonly [Id, Snippet] =>
      [emailId, { ...(subject === null ? {} : { subject: readSnippet(subject) }), ...(preview === null ? {} : { preview: readSnippet(preview) }) }]);
    if (found.length > 0) snippets.value = new Map([...snippets.peek(), ...found]);
  }
}
