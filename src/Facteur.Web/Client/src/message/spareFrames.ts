// Half of the time until the HTML of a message can be read went into loading its empty frame: some are loaded before a message comes. They are put into their
// place without being loaded again (moveBefore, DOM Standard §4.2.6); where a browser cannot do that each message loads its own.
import { whenIdle } from "../app/idle";
import { t } from "../i18n";
import { frameAddress, frameSandbox, windowOf } from "./frame";

/** A conversation opens with one message, or a few. */
const wanted = 2;
const latest = 1_000;

type Movable = Node & { moveBefore?: (node: Node, before: Node | null) => void };

const spares: HTMLIFrameElement[] = [];
let place: HTMLElement | undefined;
let isPreparing = false;

/** A frame for HTML in this place: one that has loaded, or one that is to say `load` still. */
export function frameIn(host: HTMLElement): HTMLIFrameElement {
  const at = spares.findIndex((one) => windowOf(one) !== undefined);
  const frame = spares.splice(at, at < 0 ? 0 : 1)[0];
  prepareFrames();
  const shown = frame ?? newFrame();
  shown.className = "message-frame";
  if (frame === undefined) host.append(shown);
  else (host as Movable).moveBefore!(frame, null);
  return shown;
}

/** Loads frames that messages will need, once there is time. */
export function prepareFrames(): void {
  if (isPreparing || !("moveBefore" in Element.prototype)) return;
  isPreparing = true;
  whenIdle(() => {
    isPreparing = false;
    place ??= document.body.appendChild(Object.assign(document.createElement("div"), { hidden: true }));
    while (spares.length < wanted) spares.push(place.appendChild(spare()));
  }, latest);
}

/** Without a line it may load nothing of ours: then it is none. */
function spare(): HTMLIFrameElement {
  const frame = newFrame();
  frame.addEventListener("load", () => {
    if (windowOf(frame) !== undefined) return;
    spares.splice(spares.indexOf(frame), 1);
    frame.remove();
  }, { once: true });
  return frame;
}

function newFrame(): HTMLIFrameElement {
  const frame = document.createElement("iframe");
  frame.className = "spare-frame";
  frame.setAttribute("sandbox", frameSandbox);
  frame.title = t("message.body");
  frame.src = frameAddress;
  return frame;
}
