import { signal } from "@preact/signals";
import { t } from "../i18n";
import type { Mailbox } from "../jmap/types";
import type { MailStore } from "../store/mailStore";
import { ofRows } from "../store/rowWords";
import type { Targets } from "../store/targets";

/** What is being dragged, while it is. */
export const dragged = signal<Targets | undefined>(undefined);

/** Begins to drag conversations; the pointer carries how many. */
export function beginDrag(event: DragEvent, targets: Targets, count: number): void {
  if (event.dataTransfer === null) return;
  dragged.value = targets;
  event.dataTransfer.effectAllowed = "move";
  // Firefox drags nothing that has no data; no other page is to read any.
  event.dataTransfer.setData("application/x-facteur", "");
  const image = document.createElement("div");
  image.className = "drag-image";
  image.textContent = t(ofRows("list.count"), { count });
  document.body.append(image);
  event.dataTransfer.setDragImage(image, 12, 12);
  setTimeout(() => image.remove());
}

export function endDrag(): void {
  dragged.value = undefined;
}

/** Puts what is dragged into a mailbox, in the sense that the mailbox has. */
export function dropOn(store: MailStore, mailbox: Mailbox): void {
  const targets = dragged.peek();
  dragged.value = undefined;
  if (targets === undefined) return;
  const { deeds } = store.actions;
  const { role } = mailbox;
  const deed = role === "archive" ? deeds.archive() : role === "trash" ? deeds.trash() : role === "junk" ? deeds.junk() : deeds.move(mailbox.id);
  const { query } = targets;
  if (query === undefined) void store.actions.run(targets.emailIds, deed);
  else void import("../store/bulk").then(({ runOnQuery }) => runOnQuery(store, query, deed));
  targets.done();
}
