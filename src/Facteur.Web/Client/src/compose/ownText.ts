// What somebody wrote himself, apart from what he answers, forwards and signs with.

const quoted = /^\s*>/u;
const forwardMark = /^-{5,}\s?\S.*\S\s?-{5,}$/u;

/** The text without quotes, without a signature (RFC 3676 §4.3) and without what follows the mark of a forward. */
export function ownText(text: string): string {
  const own: string[] = [];
  let inSignature = false;
  for (const line of text.split(/\r?\n/u)) {
    if (forwardMark.test(line.trim())) break;
    if (quoted.test(line)) {
      inSignature = false;
      continue;
    }
    if (line === "-- " || line === "--") inSignature = true;
    if (!inSignature) own.push(line);
  }
  return own.join("\n").trim();
}

// Both languages always: people write in either whatever their pages are in.
const promises = [
  /\bpi[èe]ces?[ -]jointes?\b/iu,
  /\bci[ -]joint(?:e?s?)?\b/iu,
  /\b(?:fichiers?|documents?|photos?|images?|fiches?|factures?|devis|contrats?|rapports?|dossiers?|tableaux?|présentations?|copies?) (?:ci-)?(?:joint|annexé)e?s?\b/iu,
  /\bje (?:vous |te |t['’]|lui |leur )?(?:joins|joindrai|envoie en annexe)\b/iu,
  /\bnous (?:vous |te )?joignons\b/iu,
  /\b(?:en|voir) (?:annexe|pj)\b/iu,
  /\bP\.?J\.?(?=[\s.,:;)]|$)/u,
  /\b(?:i|we)(?:['’](?:ve|ll|m|re))? (?:have |will |am |are )?(?:just |also )?(?:attach|attached|attaching|enclose|enclosed|enclosing)\b(?! to\b)/iu,
  /\b(?:please )?(?:find|see|view|review) (?:the |my |our )?(?:attached|enclosed|attachments?)\b/iu,
  /\b(?:is|are|was|were|file|files|document|documents|attached|copy|photo|photos|report|invoice|slides|contract) (?:attached|enclosed)(?! to (?:you|him|her|it|them|us|me|the idea))\b/iu,
  /\b(?:the |an |my |our |in |see |this |these )attachments?\b/iu,
  /\battached (?:is|are|you|please|file|files|document|documents|copy|photo|photos|report|invoice|slides|contract|pdf)\b/iu,
];
const denials = /\b(?:sans|pas de|aucune?|plus de) pi[èe]ces?[ -]jointes?|\bwithout (?:an |any |the )?attachments?|\bno attachments?/giu;

/** The words that promise an attachment, or null. */
export function promisedAttachment(text: string): string | null {
  const own = ownText(text).replace(denials, " ");
  for (const promise of promises) {
    const found = promise.exec(own);
    if (found !== null) return found[0];
  }
  return null;
}
