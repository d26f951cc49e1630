// Links whose text names another place than the one they lead to (S-18).

const hostInText = /^(?:https?:\/\/)?(?:[^\s/@]*@)?((?:[\p{L}\p{N}-]{1,63}\.)+[\p{L}]{2,24})(?::\d+)?(?:[/?#]\S*)?$/iu;

/** The host that a link leads to, when its text names one that is not the same or of the same domain; undefined otherwise. */
export function hiddenTarget(text: string, href: string): string | undefined {
  const shown = hostInText.exec(text.trim().slice(0, 300))?.[1];
  if (shown === undefined) return undefined;
  let [named, real] = ["", ""];
  try {
    [named, real] = [new URL(`http://${shown}/`).hostname, new URL(href).hostname];
  } catch {
    return undefined;
  }
  if (real === "" || named === real) return undefined;
  const [one, other] = [named.replace(/^www\./u, ""), real.replace(/^www\./u, "")];
  return one === other || other.endsWith("." + one) || one.endsWith("." + other) ? undefined : real;
}
