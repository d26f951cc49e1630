import type { EmailAddress } from "../jmap/types";
import { isMixedDomain } from "./domains";
import { domainOfAddress, isReordered, isSameAddress, plainName } from "./names";

/** Why a sender may not be who the name says (S-18). */
export type Suspicion =
  | { readonly kind: "lookalike"; readonly domain: string }
  | { readonly kind: "addressInName"; readonly shown: string; readonly real: string }
  | { readonly kind: "ownName"; readonly name: string; readonly real: string }
  | { readonly kind: "turnedName"; readonly real: string };

const addressInText = /[^\s<>()"',;:]+@([^\s<>()"',;:@]+\.[^\s<>()"',;:@.]{2,})/u;

/** The worst that is to be said of a sender; undefined when nothing is. */
export function suspicionOf(from: EmailAddress, own: readonly EmailAddress[]): Suspicion | undefined {
  const domain = domainOfAddress(from.email);
  if (isMixedDomain(domain)) return { kind: "lookalike", domain };
  const name = from.name ?? "";
  if (isReordered(name)) return { kind: "turnedName", real: from.email };
  const shown = addressInText.exec(plainName(name).replaceAll("＠", "@"));
  if (shown !== null && !isSameAddress(shown[0], from.email)) {
    const shownDomain = shown[1]!.toLowerCase();
    // "service@shop.example via Forum" <forum@lists.shop.example> is how lists write.
    if (shownDomain !== domain && !domain.endsWith("." + shownDomain) && !shownDomain.endsWith("." + domain)) return { kind: "addressInName", shown: shown[0], real: from.email };
  }
  if (own.some((one) => isOwnName(one, name)) && !own.some((one) => isSameAddress(one.email, from.email) || domainOfAddress(one.email) === domain))
    return { kind: "ownName", name: plainName(name), real: from.email };
  return undefined;
}

/** Whether the address has to stand beside the name: always when the name has an @ or is somebody's who never wrote before. */
export function needsAddress(from: EmailAddress, isKnown: boolean): boolean {
  const name = plainName(from.name ?? "");
  return !isKnown || name === "" || /[@＠]/u.test(name);
}

function isOwnName(own: EmailAddress, name: string): boolean {
  const ownName = plainName(own.name ?? "").toLowerCase();
  return ownName.includes(" ") && ownName === plainName(name).toLowerCase();
}
