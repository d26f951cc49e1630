// Files that were attached, until they are with the server for good: in memory, and in this browser's store for after a crash.
import { dropFiles, keepFile, keptFile } from "./localStore";
import { dropPieces } from "./pieceNotes";

export class Files {
  private readonly held = new Map<string, Blob>();

  private readonly addresses = new Map<string, string>();

  constructor(private readonly account: string) {}

  add(key: string, file: Blob): void {
    this.held.set(key, file);
    void keepFile(this.account, key, file).catch(() => undefined); // no room: a crash costs the file, nothing else
  }

  /** Address of an image that is not with the server yet; null when it is not at hand. */
  addressOf(key: string): string | null {
    const known = this.addresses.get(key);
    if (known !== undefined) return known;
    const file = this.held.get(key);
    if (file === undefined) return null;
    const address = URL.createObjectURL(file);
    this.addresses.set(key, address);
    return address;
  }

  async get(key: string): Promise<Blob | null> {
    const file = this.held.get(key) ?? (await keptFile(this.account, key).catch(() => null));
    if (file !== null) this.held.set(key, file);
    return file;
  }

  drop(keys: readonly string[]): void {
    for (const key of keys) {
      this.held.delete(key);
      const address = this.addresses.get(key);
      if (address !== undefined) URL.revokeObjectURL(address);
      this.addresses.delete(key);
    }
    void dropFiles(this.account, keys).catch(() => undefined);
    void dropPieces(this.account, keys).catch(() => undefined);
  }
}
