// Stands in the page itself, right behind the rows that the server wrote into it (Mail.cshtml): gives them the room that the list will have, and dates as this browser
// writes them, before they are painted. Built into a script of its own that imports nothing; the page's policy names it by its hash.
import { narrowWidth, wideWidth, widthOf } from "./app/widths";
import { formatListDate } from "./i18n/dates";

const first = document.getElementById("first");
if (first !== null) {
  const root = document.documentElement;
  const { width } = widthOf(root);
  const [isNarrow, isDrawer] = [width < narrowWidth, width < wideWidth];
  const pane = root.dataset["pane"] ?? "none";
  first.className = `app split-${isNarrow || (pane === "right" && isDrawer) ? "none" : pane}${isDrawer ? " is-drawer" : " has-sidebar"}${isNarrow ? " is-narrow" : ""}`;
  for (const list of first.querySelectorAll(".list, .rows")) list.classList.toggle("is-tall", isNarrow);
  const now = new Date();
  for (const time of first.querySelectorAll("time")) time.textContent = formatListDate(time.dateTime, now);
  // Shown last: whoever asks for the width has all that is shown laid out. The server does not see what stands behind "#": these rows are those of the inbox.
  first.hidden = !["", "#", "#/", "#/inbox"].includes(location.hash);
}
// Nothing in the page repeats what has run.
document.currentScript?.remove();
