import type { MessageKey } from "../i18n";
import { settings } from "../settings/settings";

/** Texts about rows: each is there for conversations, and with "Messages" behind its key for messages. */
export type RowKey = { [Key in MessageKey]: `${Key}Messages` extends MessageKey ? Key : never }[MessageKey];

/** Rows are conversations, or messages where these stand alone: the key of what is said of them. */
export function ofRows<Key extends RowKey>(key: Key): Key | `${Key}Messages` {
  return settings.value.conversations ? key : `${key}Messages`;
}

/** How many rows so many emails of so many conversations are. */
export function rowsOf(emails: number, conversations: number): number {
  return settings.peek().conversations ? conversations : emails;
}
