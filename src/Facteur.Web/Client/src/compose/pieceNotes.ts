// Which pieces of a file are with the server, kept in this browser: an upload goes on after a crash as after a lost connection.
import type { Piece, PieceNotes } from "./pieces";
import { dropValues, readValue, writeValue } from "./localStore";

const nameOf = (key: string): string => `pieces ${key}`;

export function pieceNotes(account: string): PieceNotes {
  // A browser that keeps nothing has them as long as the page is open.
  const held = new Map<string, readonly Piece[]>();
  return {
    load: async (key) => held.get(key) ?? (await readValue<readonly Piece[]>(account, nameOf(key)).catch(() => null)) ?? [],
    keep: async (key, pieces) => {
      held.set(key, pieces);
      await writeValue(account, nameOf(key), pieces).catch(() => undefined);
    },
    drop: async (key) => {
      held.delete(key);
      await dropPieces(account, [key]).catch(() => undefined);
    },
  };
}

export function dropPieces(account: string, keys: readonly string[]): Promise<void> {
  return keys.length === 0 ? Promise.resolve() : dropValues(account, keys.map(nameOf));
}
