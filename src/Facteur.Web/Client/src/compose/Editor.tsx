import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import type { Composition } from "./composition";
import type { Desk } from "./desk";
import { EditorToolbar } from "./EditorToolbar";
import { textToHtml, treeToText, type TextNode } from "./plainText";
import { RichText } from "./richText";
import { isInlineImage } from "./imageTypes";

interface Props {
  readonly desk: Desk;
  readonly composition: Composition;
}

/** The text: rich, or plain as a text area. What replaces it from outside begins a new one. */
export function Editor({ desk, composition }: Props) {
  const key = `${composition.content.value.mode}-${composition.edition.value}`;
  return composition.content.value.mode === "plain" ? <PlainEditor key={key} composition={composition} /> : <RichEditor key={key} desk={desk} composition={composition} />;
}

function PlainEditor({ composition }: { readonly composition: Composition }) {
  const area = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    composition.collect = () => composition.change({ text: area.current!.value });
    composition.settle({});
    if (composition.content.peek().to.length > 0) {
      area.current!.focus();
      area.current!.setSelectionRange(0, 0);
    }
    return () => (composition.collect = () => undefined);
  }, []);
  return (
    <div class="editor">
      <textarea ref={area} class="editor-plain" aria-label={t("compose.body")} defaultValue={composition.content.peek().text} onInput={(event) => composition.change({ text: event.currentTarget.value })} />
    </div>
  );
}

const collectMilliseconds = 300;

function RichEditor({ desk, composition }: Props) {
  const root = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<RichText | null>(null);
  useLayoutEffect(() => {
    const text = new RichText(root.current!, (cid) => addressOf(desk, composition, cid));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const content = () => ({ html: text.content(), text: treeToText(root.current! as unknown as TextNode) });
    text.setHTML(composition.content.peek().html || "<div><br></div>");
    text.moveCursorToStart();
    composition.settle(content());
    composition.collect = () => {
      clearTimeout(timer);
      composition.change(content());
    };
    composition.swapSignature = (before, after) => {
      text.swapSignature(before, after);
      composition.collect();
    };
    text.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => composition.collect(), collectMilliseconds);
    });
    text.addEventListener("pasteImage", (event) => {
      const data = (event as CustomEvent<{ clipboardData: DataTransfer }>).detail.clipboardData;
      insertImages(desk, composition, text, [...data.files]);
    });
    const end = composition.content.subscribe(() => text.showImages());
    if (composition.content.peek().to.length > 0) text.focus();
    setEditor(text);
    return () => {
      clearTimeout(timer);
      end();
      composition.collect = () => undefined;
      composition.swapSignature = () => undefined;
      text.destroy();
    };
  }, []);
  const drop = (event: DragEvent): void => {
    const images = [...(event.dataTransfer?.files ?? [])].filter(isInlineImage);
    if (editor === null || images.length === 0 || images.length !== event.dataTransfer?.files.length) return;
    event.preventDefault();
    event.stopPropagation();
    root.current?.closest(".compose")?.dispatchEvent(new DragEvent("dragleave"));
    insertImages(desk, composition, editor, images);
  };
  return (
    <div class="editor">
      {/* The editor fills it; nothing is rendered into it. */}
      <div ref={root} class="editor-rich" role="textbox" aria-multiline="true" aria-label={t("compose.body")} tabIndex={0} spellcheck onDrop={drop} />
      {editor !== null && <EditorToolbar editor={editor} onImages={(files) => insertImages(desk, composition, editor, files)} onPlain={() => toPlain(desk, composition)} />}
    </div>
  );
}

/** Images go where the cursor is, at once. Other files are attached. */
function insertImages(desk: Desk, composition: Composition, editor: RichText, files: readonly File[]): void {
  const [images, others] = [files.filter(isInlineImage), files.filter((file) => !isInlineImage(file))];
  if (others.length > 0) desk.attaching.add(composition, others, false);
  for (const file of images) {
    desk.attaching.add(composition, [file], true);
    const cid = composition.content.peek().attachments.at(-1)?.cid;
    if (cid == null) continue;
    const image = document.createElement("img");
    image.dataset["cid"] = cid;
    image.alt = file.name;
    editor.insertElement(image);
  }
  composition.collect();
}

function addressOf(desk: Desk, composition: Composition, cid: string): string | null {
  const part = composition.content.peek().attachments.find((one) => one.cid === cid);
  if (part === undefined || !/^image\/(?!svg)/u.test(part.type)) return null;
  return desk.attaching.files.addressOf(part.key) ?? (part.blobId === null ? null : desk.client.downloadUrl(part.blobId, part.name, part.type));
}

function toPlain(desk: Desk, composition: Composition): void {
  composition.collect();
  desk.mode = "plain";
  // Images in the text become attachments of their own.
  composition.replace({ mode: "plain", html: "", attachments: composition.content.peek().attachments.map((one) => ({ ...one, cid: null })) });
}

export function toRich(desk: Desk, composition: Composition): void {
  composition.collect();
  desk.mode = "rich";
  composition.replace({ mode: "rich", html: textToHtml(composition.content.peek().text) });
}

