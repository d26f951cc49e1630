// What is kept of an account in this browser (IndexedDB), a database each.
import type { EmailHeader, Id, Mailbox, Thread } from "../jmap/types";

const prefix = "facteur-mail-";
const version = 1;
const names = ["emails", "threads", "mailboxes", "bodies", "values", "queue"] as const;
type Name = (typeof names)[number];

/** How far what is kept goes: all emails listed since then, as they were at a state. */
export interface Extent {
  readonly since: string;
  /** Days that were to be kept when it was written. */
  readonly days: number;
  readonly emailState: string;
  readonly mailboxState: string;
}

export interface KeptBody {
  readonly id: Id;
  readonly email: Readonly<Record<string, unknown>>;
}

/** Something done without a connection, to be sent when there is one. */
export interface Waiting {
  readonly key?: number;
  readonly update: Readonly<Record<Id, Readonly<Record<string, unknown>>>>;
  readonly destroy: readonly Id[];
}

export interface Change {
  readonly emails?: readonly EmailHeader[];
  readonly threads?: readonly Thread[];
  readonly mailboxes?: readonly Mailbox[];
  readonly bodies?: readonly KeptBody[];
  readonly gone?: readonly Id[];
  readonly goneThreads?: readonly Id[];
  readonly extent?: Extent;
}

export class KeptMail {
  private constructor(private readonly base: IDBDatabase) {}

  static open(accountId: Id): Promise<KeptMail> {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(prefix + accountId, version);
      request.onupgradeneeded = () => {
        const base = request.result;
        for (const name of names) base.createObjectStore(name, name === "queue" ? { keyPath: "key", autoIncrement: true } : name === "values" ? {} : { keyPath: "id" });
      };
      request.onsuccess = () => {
        // A page that signs out must not wait for this one.
        request.result.onversionchange = () => request.result.close();
        resolve(new KeptMail(request.result));
      };
      request.onerror = () => reject(request.error ?? new Error("no local store"));
    });
  }

  close(): void {
    this.base.close();
  }

  all<T>(name: Name): Promise<T[]> {
    return done(this.base.transaction(name).objectStore(name).getAll()) as Promise<T[]>;
  }

  async some<T>(name: Name, ids: readonly IDBValidKey[]): Promise<(T | undefined)[]> {
    const store = this.base.transaction(name).objectStore(name);
    return Promise.all(ids.map((id) => done(store.get(id)) as Promise<T | undefined>));
  }

  value<T>(key: string): Promise<T | undefined> {
    return done(this.base.transaction("values").objectStore("values").get(key)) as Promise<T | undefined>;
  }

  setValue(key: string, value: unknown): Promise<void> {
    return this.write(["values"], (store) => store("values").put(value, key));
  }

  /** All of it or nothing, so that what is kept is of one state. */
  apply(change: Change): Promise<void> {
    return this.write(names, (store) => {
      for (const email of change.emails ?? []) store("emails").put(email);
      for (const thread of change.threads ?? []) store("threads").put(thread);
      for (const body of change.bodies ?? []) store("bodies").put(body);
      if (change.mailboxes !== undefined) {
        store("mailboxes").clear();
        for (const mailbox of change.mailboxes) store("mailboxes").put(mailbox);
      }
      for (const id of change.gone ?? []) {
        store("emails").delete(id);
        store("bodies").delete(id);
      }
      for (const id of change.goneThreads ?? []) store("threads").delete(id);
      if (change.extent !== undefined) store("values").put(change.extent, "extent");
    });
  }

  dropBodies(ids: readonly Id[]): Promise<void> {
    return this.write(["bodies"], (store) => ids.forEach((id) => store("bodies").delete(id)));
  }

  /** Forgets the mail, not what waits to be sent. */
  forget(): Promise<void> {
    return this.write(names, (store) => {
      for (const name of ["emails", "threads", "mailboxes", "bodies"] as const) store(name).clear();
      store("values").delete("extent");
    });
  }

  async enqueue(waiting: Waiting, emails: readonly EmailHeader[], gone: readonly Id[]): Promise<void> {
    await this.write(["queue", "emails"], (store) => {
      store("queue").add(waiting);
      for (const email of emails) store("emails").put(email);
      for (const id of gone) store("emails").delete(id);
    });
  }

  dequeue(keys: readonly number[]): Promise<void> {
    return this.write(["queue"], (store) => keys.forEach((key) => store("queue").delete(key)));
  }

  private write(stores: readonly Name[], run: (store: (name: Name) => IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = this.base.transaction(stores, "readwrite");
      transaction.oncomplete = () => resolve();
      transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error("the local store is full"));
      run((name) => transaction.objectStore(name));
    });
  }
}

/** Of accounts whose mail is kept. */
export async function keptNames(): Promise<readonly string[]> {
  return named(prefix);
}

/** Deletes the mail that is kept of all accounts, or of all others than one. */
export async function deleteKept(except?: Id): Promise<void> {
  await remove((await keptNames()).filter((name) => name !== prefix + except));
}

/** Deletes all that is kept, what was being written as well. */
export async function deleteAll(): Promise<void> {
  await remove(await named("facteur-"));
}

async function named(start: string): Promise<readonly string[]> {
  return "databases" in indexedDB ? (await indexedDB.databases()).map((one) => one.name ?? "").filter((name) => name.startsWith(start)) : [];
}

async function remove(all: readonly string[]): Promise<void> {
  await Promise.all(all.map((name) => new Promise<void>((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    // One that another page still has open goes when that closes.
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  })));
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the local store failed"));
  });
}
