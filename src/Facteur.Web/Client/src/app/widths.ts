/** Less than this is a telephone: one column, a bar at the foot. */
export const narrowWidth = 700;
/** There is room for a list and a conversation side by side. */
export const wideWidth = 1000;

/** Width of the page, in pixels as if letters had their usual size, and those of one rem. */
export function widthOf(root: Element): { readonly width: number; readonly rem: number } {
  const rem = parseFloat(getComputedStyle(root).fontSize) || 16;
  return { width: (innerWidth * 16) / rem, rem };
}
