/** How far a row has to be pushed, in pixels, for its action. */
const far = 90;
/** Less than this is a tap, or the beginning of a scroll. */
const near = 12;

/** Handlers for a row that a finger pushes: to the right archives, to the left deletes. A mouse drags instead. */
export function swipeable(act: (act: "archive" | "trash") => void) {
  let from: { readonly x: number; readonly y: number; readonly base: string } | undefined;
  let by = 0;
  const end = (element: HTMLElement, isDone: boolean) => {
    if (from === undefined) return;
    element.style.transform = from.base;
    element.classList.remove("is-swiped", "is-swiped-right", "is-swiped-left", "is-far");
    const moved = by;
    [from, by] = [undefined, 0];
    if (isDone && Math.abs(moved) >= far) act(moved > 0 ? "archive" : "trash");
  };
  return {
    onTouchStart: (event: TouchEvent) => {
      const touch = event.touches[0];
      const element = event.currentTarget as HTMLElement;
      if (touch !== undefined && event.touches.length === 1) from = { x: touch.clientX, y: touch.clientY, base: element.style.transform };
    },
    onTouchMove: (event: TouchEvent) => {
      const touch = event.touches[0];
      const element = event.currentTarget as HTMLElement;
      if (from === undefined || touch === undefined) return;
      const [x, y] = [touch.clientX - from.x, touch.clientY - from.y];
      if (by === 0 && (Math.abs(x) < near || Math.abs(y) > Math.abs(x))) {
        if (Math.abs(y) > near) from = undefined;
        return;
      }
      by = x;
      element.style.transform = `${from.base} translateX(${x}px)`;
      element.classList.add("is-swiped");
      element.classList.toggle("is-swiped-right", x > 0);
      element.classList.toggle("is-swiped-left", x < 0);
      element.classList.toggle("is-far", Math.abs(x) >= far);
    },
    onTouchEnd: (event: TouchEvent) => {
      // A push is no tap: what it ends on is not opened.
      if (by !== 0) event.preventDefault();
      end(event.currentTarget as HTMLElement, true);
    },
    onTouchCancel: (event: TouchEvent) => end(event.currentTarget as HTMLElement, false),
  };
}
