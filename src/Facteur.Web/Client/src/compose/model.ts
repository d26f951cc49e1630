// What is being written, as a value: it is shown, kept in this browser, and made into an Email from here.
import type { EmailAddress, Id } from "../jmap/types";

export type ComposeMode = "rich" | "plain";

export interface Attachment {
  /** Names it in this browser; never sent. */
  readonly key: string;
  readonly name: string;
  readonly type: string;
  /** Octets. */
  readonly size: number;
  /** Null until it is with the server. */
  readonly blobId: Id | null;
  /** Content-ID under which the text shows it; null for a plain attachment. */
  readonly cid: string | null;
}

export interface Origin {
  readonly kind: "reply" | "replyAll" | "forward";
  readonly emailId: Id;
  /** The account got it as a blind copy, so that an answer to all would tell. */
  readonly wasBlind: boolean;
}

export interface SendOptions {
  /** Ask the programs of the recipients to tell when it is shown (RFC 8098 §2.1). */
  readonly readReceipt: boolean;
  /** Ask their servers to tell when it is delivered (RFC 3461 §4.1). */
  readonly deliveryReport: boolean;
}

export interface DraftContent {
  readonly identityId: Id | null;
  readonly to: readonly EmailAddress[];
  readonly cc: readonly EmailAddress[];
  readonly bcc: readonly EmailAddress[];
  readonly subject: string;
  readonly mode: ComposeMode;
  /** Of the editor, with cid: addresses; empty in plain mode. */
  readonly html: string;
  /** In plain mode what is written, else the same as the HTML in text. */
  readonly text: string;
  readonly attachments: readonly Attachment[];
  readonly inReplyTo: readonly string[];
  readonly references: readonly string[];
  readonly origin: Origin | null;
  readonly options: SendOptions;
}

export const emptyContent: DraftContent = {
  identityId: null, to: [], cc: [], bcc: [], subject: "", mode: "rich", html: "", text: "", attachments: [], inReplyTo: [], references: [], origin: null,
  options: { readReceipt: false, deliveryReport: false },
};

/** Nothing that anybody wrote: such a window closes without a trace. */
export function isBlank(content: DraftContent, untouched: DraftContent): boolean {
  return content.subject === untouched.subject && content.text.trim() === untouched.text.trim() && content.attachments.length === untouched.attachments.length
    && sameList(content.to, untouched.to) && sameList(content.cc, untouched.cc) && sameList(content.bcc, untouched.bcc);
}

function sameList(a: readonly EmailAddress[], b: readonly EmailAddress[]): boolean {
  return a.length === b.length && a.every((one, i) => one.email === b[i]?.email);
}

/** Octets as the server counts them: attachments before base64. */
export function attachedOctets(content: DraftContent): number {
  return content.attachments.reduce((sum, one) => sum + one.size, 0);
}

export function allRecipients(content: DraftContent): readonly EmailAddress[] {
  return [...content.to, ...content.cc, ...content.bcc];
}

export function newKey(): string {
  return crypto.randomUUID();
}
