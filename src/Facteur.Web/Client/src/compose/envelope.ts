// The envelope of a submission (RFC 8621 §7): who it goes to, when, and which reports are asked for.
import type { Identity } from "../jmap/types";
import { addressKey, wireEmail } from "./addresses";
import { blindCopies } from "./emailJson";
import type { DraftContent } from "./model";

export interface SendTime {
  /** Seconds in which it can still be taken back. */
  readonly undoSeconds: number;
  /** When people chose a time. */
  readonly at: Date | null;
}

export function envelopeOf(content: DraftContent, identity: Identity, time: SendTime): Record<string, unknown> {
  const seen = new Set<string>();
  const all = [...content.to, ...content.cc, ...blindCopies(content, identity)].filter((one) => {
    const key = addressKey(one.email);
    return !seen.has(key) && seen.add(key);
  });
  // RFC 3461 §4.1: failures are told as well, or nobody would hear of them.
  const notify = content.options.deliveryReport ? { NOTIFY: "SUCCESS,FAILURE,DELAY" } : null;
  return {
    mailFrom: { email: wireEmail(identity.email), parameters: parametersOf(content, time) },
    rcptTo: all.map((one) => ({ email: wireEmail(one.email), parameters: notify })),
  };
}

function parametersOf(content: DraftContent, time: SendTime): Record<string, string> | null {
  const parameters: Record<string, string> = {};
  if (time.at !== null) parameters["HOLDUNTIL"] = utcDate(time.at); // RFC 4865 §4.1
  else if (time.undoSeconds > 0) parameters["HOLDFOR"] = String(time.undoSeconds);
  if (content.options.deliveryReport) parameters["RET"] = "HDRS";
  return Object.keys(parameters).length === 0 ? null : parameters;
}

/** UTCDate without fractions, which neither RFC 8620 §1.4 nor RFC 4865 want. */
export function utcDate(date: Date): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
