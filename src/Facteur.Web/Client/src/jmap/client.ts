import type { BroughtAnswers } from "./brought";
import { Turns } from "./turns";
import type { Id, Session, StateChange } from "./types";

export const Capability = {
  core: "urn:ietf:params:jmap:core",
  mail: "urn:ietf:params:jmap:mail",
  submission: "urn:ietf:params:jmap:submission",
  vacation: "urn:ietf:params:jmap:vacationresponse",
  quota: "urn:ietf:params:jmap:quota",
  blob: "urn:ietf:params:jmap:blob",
  mdn: "urn:ietf:params:jmap:mdn",
  sieve: "urn:ietf:params:jmap:sieve",
  contacts: "urn:ietf:params:jmap:contacts",
  webPush: "urn:ietf:params:jmap:webpush-vapid",
  facteurMail: "https://facteur.email/jmap/mail",
  facteurRules: "https://facteur.email/jmap/rules",
  facteurSnooze: "https://facteur.email/jmap/snooze",
  facteurAddresses: "https://facteur.email/jmap/addresses",
  facteurSettings: "https://facteur.email/jmap/settings",
} as const;

/** Octets of a request that may outlive its page: browsers let 64 KiB in all, and no more than a few are on their way at once. */
const maxOutliving = 8 * 1024;

type Arguments = Readonly<Record<string, unknown>>;

/** A call of a method that waits to be sent with others. */
interface Waiting {
  readonly method: string;
  readonly args: Arguments;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** A method answered with an error (RFC 8620 §3.6.2). */
export class MethodError extends Error {
  constructor(readonly type: string, readonly description = "") {
    super(description === "" ? type : `${type}: ${description}`);
  }
}

/** The server could not be reached, or answered what no client can use; worth another try later when `isTemporary`. */
export class TransportError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }

  get isTemporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** The session of the browser is over: somebody must sign in again. */
export class SignedOutError extends Error {}

/** RFC 8620 §2.2. */
export const sessionUrl = "/.well-known/jmap";

const maxCallsAtOnce = 32;
/** Pauses before a request is sent again that other windows left no room for, in milliseconds. */
const pauses = [100, 300, 900, 2_700];
/** Past it the line is taken for lost: what waits behind an answer that never comes has to go on. */
const patience = 180_000;

export type Call = readonly [method: string, args: Arguments, id: string];
export type Answer = readonly [method: string, answer: unknown, id: string];
type Send = (calls: readonly Call[]) => Promise<readonly Answer[]>;

/** Speaks JMAP over HTTP with the session cookie. Calls made in one turn of the event loop travel in one request. */
export class JmapClient {
  private waiting: Waiting[] = [];
  private scheduled = false;
  /** Half of what the server lets one user do at once (RFC 8620 §2): there may be another window. */
  private readonly turns: Turns;

  /** What stands between calls and the line: it may answer itself. Calls that are independent may fail each for itself, with the error "offline". */
  relay: (calls: readonly Call[], send: Send, isIndependent: boolean) => Promise<readonly Answer[]> = (calls, send) => send(calls);

  private constructor(readonly session: Session, readonly accountId: Id, private readonly using: readonly string[], readonly brought: BroughtAnswers | undefined) {
    const most = Number(session.capabilities[Capability.core]?.["maxConcurrentRequests"]);
    this.turns = new Turns(Math.max(1, Math.floor((most || 2) / 2)));
  }

  /**
   * @param known the session as the page brought it, which saves a round trip.
   * @param brought answers that it brought as well, which saves another.
   */
  static async open(known?: Session, brought?: BroughtAnswers): Promise<JmapClient> {
    const session = known ?? ((await (await request(sessionUrl, {})).json()) as Session);
    const account = session.primaryAccounts[Capability.mail];
    if (account === undefined) throw new TransportError(403, "no account");
    return new JmapClient(session, account, Object.values(Capability).filter((name) => name in session.capabilities), brought);
  }

  has(capability: string): boolean {
    return capability in this.session.capabilities;
  }

  /** Calls a method for the account. */
  call<T>(method: string, args: Arguments): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({ method, args: { accountId: this.accountId, ...args }, resolve: resolve as (answer: never) => void, reject });
      if (this.scheduled) return;
      this.scheduled = true;
      queueMicrotask(() => void this.flush());
    });
  }

  /** Calls that refer to one another (RFC 8620 §3.7), in one request of their own; answers come in the order of the calls. */
  async together(calls: readonly (readonly [method: string, args: Arguments, id: string])[]): Promise<readonly unknown[]> {
    const answers = await this.settle(calls);
    for (const answer of answers) if (answer instanceof Error) throw answer;
    return answers;
  }

  /** The same where some calls may well fail: their answers are the errors, MethodError or, of a call that found no connection, TransportError. */
  async settle(calls: readonly (readonly [method: string, args: Arguments, id: string])[]): Promise<readonly unknown[]> {
    const answers = await this.send(calls.map(([method, args, id]) => [method, { accountId: this.accountId, ...args }, id]));
    return calls.map(([, , id]) => {
      const answer = answers.find((one) => one[2] === id);
      if (answer === undefined) throw new TransportError(502, `no answer to ${id}`);
      return answer[0] === "error" ? errorOf(answer[1]) : answer[1];
    });
  }

  /** Address of a blob's octets. */
  downloadUrl(blobId: Id, name: string, type: string): string {
    return this.session.downloadUrl
      .replace("{accountId}", encodeURIComponent(this.accountId)).replace("{blobId}", encodeURIComponent(blobId))
      .replace("{name}", encodeURIComponent(name)).replace("{type}", encodeURIComponent(type));
  }

  uploadUrl(): string {
    return this.session.uploadUrl.replace("{accountId}", encodeURIComponent(this.accountId));
  }

  /** Tells of new states until closed (RFC 8620 §7.3). The browser connects again by itself, but not after an answer that is no stream: `isOver` then. */
  listen(types: readonly string[], onState: (changed: Readonly<Record<string, string>>) => void, onLink: (isUp: boolean, isOver: boolean) => void): () => void {
    const url = this.session.eventSourceUrl.replace("{types}", types.join(",")).replace("{closeafter}", "no").replace("{ping}", "60");
    const source = new EventSource(url);
    source.addEventListener("open", () => onLink(true, false));
    source.addEventListener("error", () => onLink(false, source.readyState === EventSource.CLOSED));
    source.addEventListener("state", (event) => {
      const changed = (JSON.parse((event as MessageEvent<string>).data) as StateChange).changed[this.accountId];
      if (changed !== undefined) onState(changed);
    });
    return () => source.close();
  }

  private async flush(): Promise<void> {
    const batch = this.waiting.splice(0, maxCallsAtOnce);
    this.scheduled = this.waiting.length > 0;
    if (this.scheduled) queueMicrotask(() => void this.flush());
    try {
      const answers = await this.send(batch.map((one, index) => [one.method, one.args, String(index)]), true);
      const first = new Map<string, readonly [string, unknown, string]>();
      for (const answer of answers) if (!first.has(answer[2])) first.set(answer[2], answer);
      batch.forEach((one, index) => {
        const answer = first.get(String(index));
        if (answer === undefined) one.reject(new TransportError(502, `no answer to ${one.method}`));
        else if (answer[0] === "error") one.reject(errorOf(answer[1]));
        else one.resolve(answer[1] as never);
      });
    } catch (error) {
      for (const one of batch) one.reject(error as Error);
    }
  }

  private send(calls: readonly Call[], isIndependent = false): Promise<readonly Answer[]> {
    return this.relay(calls, (some) => this.post(some), isIndependent);
  }

  private async post(methodCalls: readonly Call[]): Promise<readonly Answer[]> {
    const brought = this.brought?.take(methodCalls);
    if (brought !== undefined) return brought;
    const body = JSON.stringify({ using: this.using, methodCalls });
    // What somebody did and saw done is done, though the page is closed a moment later.
    const outlives = body.length <= maxOutliving && methodCalls.some(([method]) => method === "Email/set");
    for (let at = 0; ; at++) {
      try {
        return await this.turns.take(() => this.postOnce(body, outlives));
      } catch (error) {
        // Nothing of it was done (RFC 8620 §3.6.1).
        if (!(error instanceof TransportError) || error.status !== 429 || at === pauses.length) throw error;
        await new Promise((resolve) => setTimeout(resolve, pauses[at]));
      }
    }
  }

  private async postOnce(body: string, keepalive: boolean): Promise<readonly Answer[]> {
    const response = await request(this.session.apiUrl, { method: "POST", headers: { "Content-Type": "application/json" }, body, keepalive, signal: AbortSignal.timeout(patience) });
    // Cut off on its way it is no answer: whether what was asked for is done is not known.
    const answer = (await response.json().catch(() => { throw new TransportError(0, "offline"); })) as { methodResponses: readonly Answer[] };
    return answer.methodResponses;
  }
}

function errorOf(answer: unknown): Error {
  const { type, description } = answer as { type: string; description?: string };
  if (type === "offline") return new TransportError(0, "offline");
  return new MethodError(type, description);
}

/** Asks our own server, as who is signed in. */
export async function request(url: string, options: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: "same-origin", redirect: "follow", cache: "no-store", ...options });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new TransportError(0, "offline");
  }
  if (response.ok) return response;
  if (response.status === 401) throw new SignedOutError();
  const problem = response.headers.get("Content-Type")?.includes("json") === true ? ((await response.json().catch(() => ({}))) as { detail?: string; title?: string }) : {};
  throw new TransportError(response.status, problem.detail ?? problem.title ?? response.statusText);
}
