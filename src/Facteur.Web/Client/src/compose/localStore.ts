// What of writing is kept in this browser (IndexedDB): drafts and what waits to be sent survive a crash and a lost connection, their files with them.

const databaseName = "facteur-compose";
const version = 1;
/** Values by [account, key]; files by [account, key of the attachment]. */
const stores = ["drafts", "outbox", "files", "values"] as const;
type StoreName = (typeof stores)[number];

let opened: Promise<IDBDatabase> | null = null;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(databaseName, version);
    request.onupgradeneeded = () => {
      for (const name of stores) request.result.createObjectStore(name);
    };
    request.onsuccess = () => {
      // Another page with a newer version must not wait for this one.
      request.result.onversionchange = () => request.result.close();
      request.result.onclose = () => (opened = null);
      resolve(request.result);
    };
    request.onerror = () => {
      opened = null;
      reject(request.error ?? new Error("no local store"));
    };
  });
  return opened;
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the local store failed"));
  });
}

async function write(name: StoreName, run: (store: IDBObjectStore) => void): Promise<void> {
  const transaction = (await open()).transaction(name, "readwrite", { durability: "strict" });
  run(transaction.objectStore(name));
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("the local store is full"));
  });
}

async function read<T>(name: StoreName, key: IDBValidKey): Promise<T | null> {
  return ((await done((await open()).transaction(name).objectStore(name).get(key))) as T | undefined) ?? null;
}

async function all<T>(name: StoreName, account: string): Promise<T[]> {
  const range = IDBKeyRange.bound([account, ""], [account, "\uffff"]);
  return (await done((await open()).transaction(name).objectStore(name).getAll(range))) as T[];
}

export const keepDraft = (account: string, key: string, value: unknown): Promise<void> => write("drafts", (store) => store.put(value, [account, key]));
export const dropDraft = (account: string, key: string): Promise<void> => write("drafts", (store) => store.delete([account, key]));
export const keptDrafts = <T>(account: string): Promise<T[]> => all<T>("drafts", account);

export const keepOutgoing = (account: string, key: string, value: unknown): Promise<void> => write("outbox", (store) => store.put(value, [account, key]));
export const dropOutgoing = (account: string, key: string): Promise<void> => write("outbox", (store) => store.delete([account, key]));
export const keptOutgoing = <T>(account: string): Promise<T[]> => all<T>("outbox", account);

export const keepFile = (account: string, key: string, file: Blob): Promise<void> => write("files", (store) => store.put(file, [account, key]));
export const keptFile = (account: string, key: string): Promise<Blob | null> => read<Blob>("files", [account, key]);

export async function dropFiles(account: string, keys: readonly string[]): Promise<void> {
  if (keys.length > 0) await write("files", (store) => keys.forEach((key) => store.delete([account, key])));
}

export const readValue = <T>(account: string, key: string): Promise<T | null> => read<T>("values", [account, key]);
export const dropValues = (account: string, keys: readonly string[]): Promise<void> => write("values", (store) => keys.forEach((key) => store.delete([account, key])));
export const writeValue = (account: string, key: string, value: unknown): Promise<void> => write("values", (store) => store.put(value, [account, key]));
