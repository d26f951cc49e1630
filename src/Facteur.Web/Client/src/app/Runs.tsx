/** A stretch of a text: what was looked for, or what stands around it. */
export interface Run {
  readonly text: string;
  readonly isFound: boolean;
}

/** Text with what was looked for in it marked. */
export function Runs({ runs }: { readonly runs: readonly Run[] }) {
  return <>{runs.map((one) => (one.isFound ? <mark>{one.text}</mark> : one.text))}</>;
}
