/** Images that every mail program shows within a text. */
export function isInlineImage(file: File): boolean {
  return /^image\/(?:png|jpeg|gif|webp)$/u.test(file.type);
}
