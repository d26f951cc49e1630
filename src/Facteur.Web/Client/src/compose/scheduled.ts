// Messages that wait to be sent at a time that was chosen.
import type { JmapClient } from "../jmap/client";
import type { EmailAddress, GetAnswer, Id } from "../jmap/types";

export interface Scheduled {
  readonly submissionId: Id;
  readonly emailId: Id;
  readonly sendAt: string;
  readonly subject: string;
  readonly to: readonly EmailAddress[];
}

interface Submission {
  readonly id: Id;
  readonly emailId: Id;
  readonly sendAt: string;
  readonly undoStatus: string;
}

/** Longer than the longest time in which "send" can be undone: what waits less is not scheduled. */
const undoMilliseconds = 45_000;

export async function listScheduled(client: JmapClient, now: number): Promise<readonly Scheduled[]> {
  const [, submissions, emails] = (await client.together([
    ["EmailSubmission/query", { filter: { undoStatus: "pending" }, sort: [{ property: "sentAt", isAscending: true }], limit: 200 }, "q"],
    ["EmailSubmission/get", { "#ids": { resultOf: "q", name: "EmailSubmission/query", path: "/ids" }, properties: ["emailId", "sendAt", "undoStatus"] }, "s"],
    ["Email/get", { "#ids": { resultOf: "s", name: "EmailSubmission/get", path: "/list/*/emailId" }, properties: ["subject", "to", "cc", "bcc"] }, "e"],
  ])) as [unknown, GetAnswer<Submission>, GetAnswer<{ id: Id; subject: string | null; to: EmailAddress[] | null; cc: EmailAddress[] | null; bcc: EmailAddress[] | null }>];
  const found = new Map(emails.list.map((one) => [one.id, one]));
  return submissions.list.filter((one) => Date.parse(one.sendAt) > now + undoMilliseconds).map((one) => {
    const email = found.get(one.emailId);
    return { submissionId: one.id, emailId: one.emailId, sendAt: one.sendAt, subject: email?.subject ?? "", to: [...(email?.to ?? []), ...(email?.cc ?? []), ...(email?.bcc ?? [])] };
  });
}
