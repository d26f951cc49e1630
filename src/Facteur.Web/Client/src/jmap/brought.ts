import type { Answer, Call } from "./client";

interface Brought {
  readonly calls: readonly Call[];
  readonly answers: readonly Answer[];
}

/** Answers that the page brought to calls that it expected (FirstList.cs): they hold only for exactly these calls, and for each once. */
export class BroughtAnswers {
  private waiting: { readonly asked: string; readonly answers: readonly Answer[] }[];

  /** @param text as it stands in the page: nothing, or JSON. */
  constructor(text: string | null | undefined) {
    this.waiting = read(text).map(({ calls, answers }) => ({ asked: JSON.stringify(calls), answers }));
  }

  /** The answers to these calls, when they are here. */
  take(calls: readonly Call[]): readonly Answer[] | undefined {
    if (this.waiting.length === 0) return undefined;
    const asked = JSON.stringify(calls);
    const found = this.waiting.find((one) => one.asked === asked);
    this.waiting = this.waiting.filter((one) => one !== found);
    return found?.answers;
  }

  /** Once the page has begun they are old. */
  forget(): void {
    this.waiting = [];
  }
}

function read(text: string | null | undefined): readonly Brought[] {
  try {
    return text ? (JSON.parse(text) as readonly Brought[]) : [];
  } catch {
    return [];
  }
}
