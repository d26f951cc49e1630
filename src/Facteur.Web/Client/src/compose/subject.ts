// Subjects of answers (RFC 5322 §3.6.5): one mark of ours, whatever marks and counters other programs left, in the languages they are left in.

const mark = /^\s*(?:re|réf|rép|aw|sv|antw|odp|res|vs|fwd?|fw|tr|wg|vb|rv|enc|i|doorst|vl|pd)\s*(?:\[\d+\]|\(\d+\))?\s*[:\uff1a]\s*/iu;
const replyMark = /^\s*(?:re|réf|rép|aw|sv|antw|odp|res|vs)\s*(?:\[\d+\]|\(\d+\))?\s*[:\uff1a]/iu;

/** The subject without any mark of answers and forwards at its front. */
export function baseSubject(subject: string): string {
  let rest = subject;
  for (let found = mark.exec(rest); found !== null; found = mark.exec(rest)) rest = rest.slice(found[0].length);
  return rest.trim();
}

/** "Re:" is what programs know in every language. A forward that is answered stays told as one ("Re: Fwd: x" says less than "Re: x"). */
export function replySubject(subject: string): string {
  return replyMark.test(subject) && baseSubject(subject) === subject.replace(replyMark, "").trim()
    ? subject.trim().replace(replyMark, "Re:")
    : `Re: ${baseSubject(subject)}`.trim();
}

export function forwardSubject(subject: string): string {
  return `Fwd: ${baseSubject(subject)}`.trim();
}
