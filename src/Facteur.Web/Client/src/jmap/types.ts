// Objects of JMAP as the server sends them (RFC 8620, RFC 8621); only what is used here.

export type Id = string;

export interface Session {
  readonly username: string;
  readonly apiUrl: string;
  readonly downloadUrl: string;
  readonly uploadUrl: string;
  readonly eventSourceUrl: string;
  readonly state: string;
  readonly capabilities: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly accounts: Readonly<Record<Id, Account>>;
  readonly primaryAccounts: Readonly<Record<string, Id>>;
}

export interface Account {
  readonly name: string;
  readonly isPersonal: boolean;
  readonly isReadOnly: boolean;
  readonly accountCapabilities: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export type MailboxRole = "inbox" | "drafts" | "sent" | "junk" | "trash" | "archive" | "all" | "flagged" | "important" | "snoozed";

/** RFC 8621 §2. */
export interface Mailbox {
  readonly id: Id;
  readonly name: string;
  readonly parentId: Id | null;
  readonly role: MailboxRole | null;
  readonly sortOrder: number;
  readonly totalEmails: number;
  readonly unreadEmails: number;
  readonly totalThreads: number;
  readonly unreadThreads: number;
  readonly isSubscribed: boolean;
  readonly myRights: Readonly<Record<string, boolean>>;
  /** Capability of our own: "#rrggbb", or null. */
  readonly color?: string | null;
}

export interface EmailAddress {
  readonly name: string | null;
  readonly email: string;
}

export type IdSet = Readonly<Record<string, true>>;

/** RFC 8621 §4: what lists show. */
export interface EmailHeader {
  readonly id: Id;
  readonly threadId: Id;
  readonly mailboxIds: IdSet;
  readonly keywords: IdSet;
  readonly from: readonly EmailAddress[] | null;
  readonly to: readonly EmailAddress[] | null;
  readonly subject: string | null;
  readonly receivedAt: string;
  readonly size: number;
  readonly preview: string;
  readonly hasAttachment: boolean;
  /** When it comes back, and when it came back last (docs/jmap.md). */
  readonly snoozedUntil?: string | null;
  readonly returnedAt?: string | null;
}

/** Content-Type with its parameters, where it was asked for. */
export const contentTypeField = "header:Content-Type:asRaw";

export interface BodyPart {
  readonly partId: string | null;
  readonly blobId: Id | null;
  readonly size: number;
  readonly name: string | null;
  readonly type: string;
  readonly charset: string | null;
  readonly disposition: string | null;
  readonly cid: string | null;
  readonly [contentTypeField]?: string | null;
}

export interface BodyValue {
  readonly value: string;
  readonly isEncodingProblem: boolean;
  readonly isTruncated: boolean;
}

/** A message as the conversation shows it. */
export interface Email extends EmailHeader {
  readonly blobId: Id;
  readonly cc: readonly EmailAddress[] | null;
  readonly bcc: readonly EmailAddress[] | null;
  readonly replyTo: readonly EmailAddress[] | null;
  readonly sentAt: string | null;
  readonly messageId: readonly string[] | null;
  readonly inReplyTo: readonly string[] | null;
  readonly references: readonly string[] | null;
  readonly textBody: readonly BodyPart[];
  readonly htmlBody: readonly BodyPart[];
  readonly attachments: readonly BodyPart[];
  readonly bodyValues: Readonly<Record<string, BodyValue>>;
}

export interface Thread {
  readonly id: Id;
  readonly emailIds: readonly Id[];
}

/** RFC 8621 §6. */
export interface Identity {
  readonly id: Id;
  readonly name: string;
  readonly email: string;
  readonly replyTo: readonly EmailAddress[] | null;
  readonly bcc: readonly EmailAddress[] | null;
  readonly textSignature: string;
  readonly htmlSignature: string;
  readonly mayDelete: boolean;
}

export interface QueryAnswer {
  readonly queryState: string;
  readonly canCalculateChanges: boolean;
  readonly position: number;
  readonly ids: readonly Id[];
  readonly total?: number;
}

export interface QueryChangesAnswer {
  readonly oldQueryState: string;
  readonly newQueryState: string;
  readonly total?: number;
  readonly removed: readonly Id[];
  readonly added: readonly { readonly id: Id; readonly index: number }[];
}

export interface GetAnswer<T> {
  readonly state: string;
  readonly list: readonly T[];
  readonly notFound: readonly Id[];
}

export interface ChangesAnswer {
  readonly oldState: string;
  readonly newState: string;
  readonly hasMoreChanges: boolean;
  readonly created: readonly Id[];
  readonly updated: readonly Id[];
  readonly destroyed: readonly Id[];
}

export interface SetError {
  readonly type: string;
  readonly description?: string;
  readonly properties?: readonly string[];
}

export interface SetAnswer {
  readonly oldState: string | null;
  readonly newState: string;
  readonly created: Readonly<Record<string, Readonly<Record<string, unknown>>>> | null;
  readonly updated: Readonly<Record<Id, unknown>> | null;
  readonly destroyed: readonly Id[] | null;
  readonly notCreated: Readonly<Record<string, SetError>> | null;
  readonly notUpdated: Readonly<Record<Id, SetError>> | null;
  readonly notDestroyed: Readonly<Record<Id, SetError>> | null;
}

/** RFC 9425 §4. */
export interface Quota {
  readonly id: Id;
  readonly resourceType: "count" | "octets";
  readonly used: number;
  readonly hardLimit: number;
  readonly warnLimit?: number | null;
  readonly scope: string;
  readonly name: string;
  readonly types: readonly string[];
}

/** RFC 8620 §7.1. */
export interface StateChange {
  readonly "@type": "StateChange";
  readonly changed: Readonly<Record<Id, Readonly<Record<string, string>>>>;
}
