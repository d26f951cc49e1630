/** A text, or one for each plural form that the language has; `params.count` chooses. */
export type Message = string | { readonly one: string; readonly other: string };

/** The keys of the English texts, each with a text: a language that lacks one, or has one too many, does not compile. */
export type Texts<English> = { readonly [Key in keyof English]: Message };

export type Params = Readonly<Record<string, string | number>>;

/** Puts values in the places of a text: "{name}"; numbers as the language writes them. */
export function fill(message: Message, params: Params, plural: Intl.PluralRules, number: Intl.NumberFormat): string {
  const text = typeof message === "string" ? message : plural.select(Number(params["count"])) === "one" ? message.one : message.other;
  return text.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = params[name];
    return value === undefined ? place : typeof value === "number" ? number.format(value) : value;
  });
}
