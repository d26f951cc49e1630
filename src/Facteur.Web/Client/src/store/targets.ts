import type { Id } from "../jmap/types";

/** What an action by key or button is about: what is selected, or has the focus, or is open. */
export interface Targets {
  readonly emailIds: readonly Id[];
  /** The filter of the whole query, when all that it finds is selected and not only `emailIds` (store/bulk.ts does something to all of them). */
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  /** Called when the action is done: clears the selection, goes on to the next. */
  done(): void;
}

type Provider = () => Targets | undefined;

const providers: Provider[] = [];

/** A view that has targets; the last one that is registered is asked first. Answers what takes it back. */
export function provideTargets(provider: Provider): () => void {
  providers.push(provider);
  return () => void providers.splice(providers.indexOf(provider), 1);
}

/** What the next action is about; undefined when there is nothing. */
export function currentTargets(): Targets | undefined {
  for (let at = providers.length - 1; at >= 0; at--) {
    const targets = providers[at]!();
    if (targets !== undefined) return targets;
  }
  return undefined;
}
