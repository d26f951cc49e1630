import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { JmapClient } from "../jmap/client";
import { openCompose } from "../compose/open";
import { fetchBlob, type FullEmail } from "../conversation/loading";
import { foundWords } from "../app/slots";
import { rasterType } from "../attachments/kinds";
import { t } from "../i18n";
import { readMailto } from "./banner";
import { isDark } from "./dark";
import { darken, fillFrame, follow, rootOf, windowOf, type Filled } from "./frame";
import { markIn } from "./marks";
import { showRemote } from "./remoteImages";
import { frameIn } from "./spareFrames";

export interface HtmlBodyProps {
  readonly client: JmapClient;
  readonly email: FullEmail;
  readonly parts: readonly string[];
  readonly showImages: boolean;
  /** Shown as written, whatever the page looks like. */
  readonly asWritten: boolean;
  readonly onHeld: (count: number) => void;
  readonly onTarget: (address: string | undefined) => void;
  readonly onImagesFailed: () => void;
}

const maxInlineOctets = 20 * 1024 * 1024;

/** The HTML of a message, in its frame. */
export function HtmlBody(props: HtmlBodyProps) {
  const host = useRef<HTMLDivElement>(null);
  const element = useRef<HTMLIFrameElement>(null);
  const [filled, setFilled] = useState<Filled>();
  const latest = useRef(props);
  latest.current = props;
  useLayoutEffect(() => {
    const frame = frameIn(host.current!);
    element.current = frame;
    let end = (): void => undefined;
    const fill = (): void => {
      end();
      const inside = windowOf(frame);
      if (inside === undefined) return;
      const content = fillFrame(inside, props.parts, { quoted: t("message.quoted"), leadsTo: (host) => t("message.leadsTo", { host }) });
      const [unfollow, unlisten, release] = [follow(frame, inside), listen(inside, latest), showInline(props.client, props.email, content)];
      end = () => [unfollow, unlisten, release].forEach((one) => one());
      setFilled(content);
      latest.current.onHeld(content.remote.length);
    };
    frame.addEventListener("load", fill);
    fill();
    return () => {
      frame.removeEventListener("load", fill);
      end();
      frame.remove();
    };
  }, [props.email.blobId]);
  const dark = isDark.value && !props.asWritten;
  useLayoutEffect(() => {
    const inside = element.current && windowOf(element.current);
    if (filled !== undefined && inside) darken(inside, dark, filled.hasColours);
  }, [filled, dark]);
  const isLight = isDark.value && props.asWritten;
  useLayoutEffect(() => void element.current?.classList.toggle("message-frame-light", isLight), [isLight]);
  const words = foundWords.value;
  useEffect(() => {
    const inside = element.current && windowOf(element.current);
    const root = filled !== undefined && inside ? rootOf(inside) : null;
    return root === null ? undefined : markIn(root, words);
  }, [filled, words]);
  useEffect(() => {
    if (filled === undefined || !props.showImages || filled.remote.length === 0) return;
    showRemote(filled.remote).then(() => latest.current.onHeld(0), () => latest.current.onImagesFailed());
  }, [filled, props.showImages]);
  return <div ref={host} />;
}

/** Keys go to the page, targets to the line that shows them, addresses of people to a new message. */
function listen(inside: Window, latest: { readonly current: HtmlBodyProps }): () => void {
  const { document: content } = inside;
  const linkOf = (event: Event): HTMLAnchorElement | null => (event.target as Element | null)?.closest?.("a[href]") ?? null;
  const key = (event: KeyboardEvent): void => {
    const copy = new KeyboardEvent("keydown", {
      key: event.key, code: event.code, ctrlKey: event.ctrlKey, metaKey: event.metaKey, shiftKey: event.shiftKey, altKey: event.altKey, repeat: event.repeat, bubbles: true, cancelable: true,
    });
    if (!event.defaultPrevented && event.key !== "Tab" && event.key !== "Enter" && !document.body.dispatchEvent(copy)) event.preventDefault();
  };
  const point = (event: Event): void => latest.current.onTarget(linkOf(event)?.href);
  const leave = (): void => latest.current.onTarget(undefined);
  const click = (event: Event): void => {
    const link = linkOf(event);
    const mail = link && readMailto(link.href);
    if (!mail) return;
    event.preventDefault();
    openCompose({ kind: "new", to: [{ name: null, email: mail.to }], subject: mail.subject, text: mail.text });
  };
  const all = [["keydown", key], ["mouseover", point], ["focusin", point], ["mouseout", leave], ["focusout", leave], ["click", click]] as const;
  for (const [name, handler] of all) content.addEventListener(name, handler as EventListener);
  return () => {
    for (const [name, handler] of all) content.removeEventListener(name, handler as EventListener);
  };
}

/** Images that are parts of the message: fetched here, since nothing in the frame may ask for anything. */
function showInline(client: JmapClient, email: FullEmail, content: Filled): () => void {
  const abort = new AbortController();
  const addresses: string[] = [];
  const parts = [...email.attachments, ...email.htmlBody];
  const shown = new Map<string, Promise<string | undefined>>();
  const addressOf = async (cid: string): Promise<string | undefined> => {
    const part = parts.find((one) => one.cid === cid);
    const octets = part && (await fetchBlob(client, part, maxInlineOctets, abort.signal));
    const type = octets && rasterType(octets);
    if (!octets || !type || abort.signal.aborted) return undefined;
    const address = URL.createObjectURL(new Blob([octets], { type }));
    addresses.push(address);
    return address;
  };
  for (const { cid, image } of content.inline) {
    const found = shown.get(cid) ?? addressOf(cid).catch(() => undefined);
    shown.set(cid, found);
    void found.then((address) => {
      if (address !== undefined && !abort.signal.aborted) image.src = address;
    });
  }
  return () => {
    abort.abort();
    addresses.forEach((address) => URL.revokeObjectURL(address));
  };
}
