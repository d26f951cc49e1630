import { settings } from "../settings/settings";

/** What this browser was told of keeping mail and of notifications. */
export type Choice = "offline" | "notices";

const usual: Readonly<Record<Choice, boolean>> = { offline: true, notices: false };

export function chosen(choice: Choice): boolean {
  try {
    const kept = localStorage.getItem(`facteur.${choice}`);
    return kept === null ? usual[choice] : kept === "on";
  } catch {
    // A browser that keeps nothing keeps no mail either.
    return false;
  }
}

export function choose(choice: Choice, isOn: boolean): void {
  localStorage.setItem(`facteur.${choice}`, isOn ? "on" : "off");
}

/** Whether this browser keeps mail: it was not told otherwise, and the owner wants it anywhere. */
export function keepsMail(): boolean {
  return chosen("offline") && settings.peek().offlineDays > 0;
}

const keptKey = "facteur.kept";

/** Whether mail of an account may lie in this browser: what keeps it has begun here once. */
export function hasKept(accountId: string): boolean {
  try {
    return localStorage.getItem(keptKey) === accountId;
  } catch {
    return false;
  }
}

export function noteKept(accountId: string): void {
  localStorage.setItem(keptKey, accountId);
}
