import { t } from "../i18n";
import { TransportError, type JmapClient } from "../jmap/client";
import type { Id } from "../jmap/types";
import type { Composition } from "./composition";
import { Files } from "./files";
import { isInlineImage } from "./imageTypes";
import { newKey } from "./model";
import { dropPieces } from "./pieceNotes";
import { uploadWith } from "./uploadRequest";
import { Uploads, type Send } from "./uploads";

/** Files of all windows, and how they get to the server. */
export class Attaching {
  readonly files: Files;
  /** Sends one file. */
  readonly send: Send;
  private readonly uploads: Uploads;

  /** @param maxUpload octets of the largest file that the server takes. */
  constructor(private readonly client: JmapClient, private readonly windows: () => readonly Composition[], private readonly maxUpload: () => number) {
    this.files = new Files(client.accountId);
    this.send = uploadWith(client);
    this.uploads = new Uploads(this.send, {
      onState: (key, state) => this.ownerOf(key)?.setUpload(key, state),
      onDone: (key, blobId) => this.uploaded(key, blobId),
    });
  }

  add(composition: Composition, files: readonly File[], inline: boolean): void {
    const maxUpload = this.maxUpload();
    for (const file of files) {
      const key = newKey();
      const cid = inline && composition.content.peek().mode === "rich" && isInlineImage(file) ? `${newKey()}@facteur` : null;
      const name = file.name || t("compose.attachment.nameless");
      this.files.add(key, file);
      composition.setAttachments((all) => [...all, { key, name, type: file.type || "application/octet-stream", size: file.size, blobId: null, cid }]);
      if (file.size > maxUpload) composition.setUpload(key, { kind: "failed", error: new TransportError(413, "too large") });
      else this.uploads.add({ key, file, type: file.type || "application/octet-stream" });
    }
  }

  remove(composition: Composition, key: string): void {
    this.uploads.cancel(key);
    void dropPieces(this.client.accountId, [key]).catch(() => undefined);
    composition.setUpload(key, null);
    composition.setAttachments((all) => all.filter((one) => one.key !== key));
  }

  /** Tries again what failed or waits for the connection. */
  retry(key?: string): void {
    this.uploads.retry(key);
  }

  /** Resolves once no file is on its way: all are there, wait for the connection or failed. */
  settled(): Promise<void> {
    return this.uploads.settled();
  }

  /** The server has lost blobs of it: what is still here goes up again. */
  uploadAgain(composition: Composition): void {
    for (const one of composition.content.peek().attachments)
      void this.files.get(one.key).then((file) => {
        if (file === null) return;
        composition.setAttachments((all) => all.map((other) => (other.key === one.key ? { ...other, blobId: null } : other)));
        this.uploads.add({ key: one.key, file, type: one.type });
      });
  }

  /** Sends up what is not with the server; a file that is not here any more is taken out. */
  uploadMissing(composition: Composition): void {
    for (const one of composition.content.peek().attachments.filter((attachment) => attachment.blobId === null))
      void this.files.get(one.key).then((file) => {
        if (file === null) this.remove(composition, one.key);
        else this.uploads.add({ key: one.key, file, type: one.type });
      });
  }

  /** Stops what is on its way. */
  cancel(composition: Composition): void {
    for (const one of composition.content.peek().attachments) this.uploads.cancel(one.key);
    composition.uploads.value = new Map();
  }

  private uploaded(key: string, blobId: Id): void {
    const owner = this.ownerOf(key);
    owner?.setUpload(key, null);
    owner?.setAttachments((all) => all.map((one) => (one.key === key ? { ...one, blobId } : one)));
  }

  private ownerOf(key: string): Composition | undefined {
    return this.windows().find((one) => one.content.peek().attachments.some((attachment) => attachment.key === key));
  }
}
