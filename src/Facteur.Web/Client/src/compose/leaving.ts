// The last moment of a page: what was written since the copy before goes where writing is done at once.
const prefix = "facteur.left.";

export function writeLeft(account: string, key: string, value: unknown): void {
  try {
    localStorage.setItem(`${prefix}${account}.${key}`, JSON.stringify(value));
  } catch {
    // Too long for it: the copy in the store is some tenths of a second older.
  }
}

export function dropLeft(account: string, key: string): void {
  localStorage.removeItem(`${prefix}${account}.${key}`);
}

export function hasLeft(account: string): boolean {
  return namesOf(account).length > 0;
}

/** All of an account. */
export function readLeft<T>(account: string): T[] {
  const found: T[] = [];
  for (const name of namesOf(account)) {
    try {
      found.push(JSON.parse(localStorage.getItem(name) ?? "") as T);
    } catch {
      // not ours
    }
  }
  return found;
}

/** The same, which are there no more afterwards. */
export function takeLeft<T>(account: string): T[] {
  const found = readLeft<T>(account);
  for (const name of namesOf(account)) localStorage.removeItem(name);
  return found;
}

function namesOf(account: string): readonly string[] {
  return Object.keys(localStorage).filter((one) => one.startsWith(`${prefix}${account}.`));
}
