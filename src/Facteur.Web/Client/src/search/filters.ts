import { fold } from "../i18n/fold";
import type { Chip } from "./completion";

/** What of a search can be asked of messages that come in (docs/jmap.md, FilterRule). */
export interface FilterOfSearch {
  readonly match: "all" | "any";
  readonly conditions: readonly Readonly<Record<string, unknown>>[];
  /** Parts that no rule can ask for. */
  readonly left: readonly Chip[];
}

const fields: Readonly<Record<string, string>> = {
  from: "from", de: "from", to: "to", a: "to", cc: "cc", subject: "subject", objet: "subject", body: "body", corps: "body", deliveredto: "deliveredTo", remis_a: "deliveredTo", list: "list", liste: "list",
};

/** Of one rule the conditions hold all together, or any of them: a search that mixes both keeps what it asks for in any case. */
export function filterOf(chips: readonly Chip[]): FilterOfSearch {
  const isAny = chips.length > 1 && chips.slice(1).every((chip) => chip.isAlternative);
  const isUsable = (chip: Chip, at: number) => isAny || !(chip.isAlternative || chips[at + 1]?.isAlternative === true);
  const made = chips.map((chip, at) => ({ chip, condition: isUsable(chip, at) ? conditionOf(chip) : undefined }));
  return {
    match: isAny ? "any" : "all",
    conditions: made.flatMap(({ condition }) => (condition === undefined ? [] : [condition])),
    left: made.filter(({ condition }) => condition === undefined).map(({ chip }) => chip),
  };
}

function conditionOf({ operator, value, isNegated }: Chip): Readonly<Record<string, unknown>> | undefined {
  const words = value.replace(/^"(.*)"$/u, "$1").trim();
  if (words === "" || /[(){}]/u.test(words)) return undefined;
  const name = operator === null ? "" : fold(operator);
  const not = isNegated ? { isNegated } : {};
  if (name === "") return { field: "anywhere", comparison: "contains", values: [words], ...not };
  // "me" is whoever searches: a rule has no such word.
  if (fields[name] !== undefined) return ["me", "moi"].includes(fold(words)) ? undefined : { field: fields[name], comparison: "contains", values: [words], ...not };
  if ((name === "has" || name === "avec") && ["attachment", "piece"].includes(fold(words))) return { field: "attachment", comparison: "exists", ...not };
  const size = octetsOf(words);
  if ((name === "larger" || name === "plus_grand") && size !== undefined) return { field: "size", comparison: "over", octets: size, ...not };
  if ((name === "smaller" || name === "plus_petit") && size !== undefined) return { field: "size", comparison: "under", octets: size, ...not };
  return undefined;
}

/** "5M", "1,5 Mo", "300000": as the server reads sizes. */
function octetsOf(text: string): number | undefined {
  const found = /^(\d+(?:[.,]\d+)?)\s*([kmg]?)[bo]?$/iu.exec(text);
  if (found === null) return undefined;
  return Math.round(Number(found[1]!.replace(",", ".")) * 1024 ** ["", "k", "m", "g"].indexOf(found[2]!.toLowerCase()));
}
