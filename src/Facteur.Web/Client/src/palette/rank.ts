import { fold } from "../i18n/fold";

/** Something that the palette can do. */
export interface Command {
  readonly id: string;
  readonly label: string;
  /** Words that find it beside its label. */
  readonly also?: string;
  readonly run: () => void;
}

/**
 * How well a label fits what is typed; 0 for not at all. Letters have to come in their order; those at the beginning of a word, and those that follow one
 * another, count for more, and a short label for more than a long one.
 */
export function score(label: string, typed: string): number {
  const [text, wanted] = [fold(label), fold(typed).replace(/\s+/g, " ").trim()];
  if (wanted === "") return 1;
  const whole = text.indexOf(wanted);
  if (whole >= 0) return 1_000 + (whole === 0 ? 500 : isWordStart(text, whole) ? 250 : 0) - text.length;
  let points = 0;
  let at = -1;
  for (const letter of wanted.replaceAll(" ", "")) {
    const next = nextOf(text, letter, at);
    if (next < 0) return 0;
    points += isWordStart(text, next) ? 12 : next === at + 1 ? 8 : 1;
    at = next;
  }
  // Letters strewn over a long label are chance.
  return points < 4 * wanted.length ? 0 : Math.max(1, 100 + points - text.length);
}

/** Commands that fit, the best first; those that fit alike stay as they stand, those used last before others. */
export function rank<T extends Pick<Command, "id" | "label" | "also">>(commands: readonly T[], typed: string, used: readonly string[] = []): readonly T[] {
  const recency = (id: string) => (used.includes(id) ? used.length - used.indexOf(id) : 0);
  return commands
    .map((command, at) => ({ command, at, points: Math.max(score(command.label, typed), command.also === undefined ? 0 : score(command.also, typed) - 200) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points || recency(b.command.id) - recency(a.command.id) || a.at - b.at)
    .map(({ command }) => command);
}

/** The next place of a letter: the beginning of a word when one is left, else the first. */
function nextOf(text: string, letter: string, after: number): number {
  const first = text.indexOf(letter, after + 1);
  if (first < 0 || first === after + 1 || isWordStart(text, first)) return first;
  for (let at = first; at >= 0; at = text.indexOf(letter, at + 1)) if (isWordStart(text, at)) return at;
  return first;
}

function isWordStart(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]!);
}
