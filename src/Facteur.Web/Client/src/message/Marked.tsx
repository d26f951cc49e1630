import { Runs, type Run } from "../app/Runs";
import { foundWords } from "../app/slots";
import { spansOf } from "./marks";

/** Text of a message; what the search that led here looks for is marked. */
export function Marked({ text }: { readonly text: string }) {
  const spans = spansOf(text, foundWords.value);
  if (spans.length === 0) return <>{text}</>;
  const runs: Run[] = [];
  let at = 0;
  for (const { from, to } of spans) {
    if (from > at) runs.push({ text: text.slice(at, from), isFound: false });
    runs.push({ text: text.slice(from, to), isFound: true });
    at = to;
  }
  if (at < text.length) runs.push({ text: text.slice(at), isFound: false });
  return <Runs runs={runs} />;
}
