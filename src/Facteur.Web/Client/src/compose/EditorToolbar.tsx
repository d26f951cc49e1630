import { useEffect, useRef, useState } from "preact/hooks";
import { Dialog } from "../app/Dialog";
import { t, type MessageKey } from "../i18n";
import { FormatIcon, type FormatIconName } from "./FormatIcon";
import { linkAddress } from "./linkAddress";
import type { RichText } from "./richText";

interface Tool {
  readonly name: FormatIconName;
  readonly label: MessageKey;
  readonly keys?: string;
  readonly isOn?: (editor: RichText) => boolean;
  readonly run: (editor: RichText) => void;
}

const tools: readonly Tool[] = [
  { name: "bold", label: "compose.format.bold", keys: "Control+B", isOn: (editor) => editor.hasFormat("B"), run: (editor) => (editor.hasFormat("B") ? editor.removeBold() : editor.bold()) },
  { name: "italic", label: "compose.format.italic", keys: "Control+I", isOn: (editor) => editor.hasFormat("I"), run: (editor) => (editor.hasFormat("I") ? editor.removeItalic() : editor.italic()) },
  { name: "bullets", label: "compose.format.bullets", isOn: (editor) => editor.hasFormat("UL"), run: (editor) => (editor.hasFormat("UL") ? editor.removeList() : editor.makeUnorderedList()) },
  { name: "numbers", label: "compose.format.numbers", isOn: (editor) => editor.hasFormat("OL"), run: (editor) => (editor.hasFormat("OL") ? editor.removeList() : editor.makeOrderedList()) },
  { name: "quote", label: "compose.format.quote", isOn: (editor) => editor.hasFormat("BLOCKQUOTE"), run: (editor) => (editor.hasFormat("BLOCKQUOTE") ? editor.decreaseQuoteLevel() : editor.increaseQuoteLevel()) },
  { name: "clear", label: "compose.format.clear", run: (editor) => editor.removeAllFormatting() },
];

interface Props {
  readonly editor: RichText;
  readonly onImages: (files: readonly File[]) => void;
  readonly onPlain: () => void;
}

/** Buttons of the editor: one stop of Tab, arrows inside (WAI-ARIA pattern "toolbar"). */
export function EditorToolbar({ editor, onImages, onPlain }: Props) {
  const [, redraw] = useState(0);
  const [at, move] = useState(0);
  const [link, askLink] = useState<Range | null>(null);
  const bar = useRef<HTMLDivElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const changed = () => redraw((n) => n + 1);
    for (const event of ["pathChange", "select", "cursor"]) editor.addEventListener(event, changed);
    for (const keys of ["Ctrl-k", "Meta-k"]) editor.setKeyHandler(keys, (_self, event, range) => { event.preventDefault(); askLink(range); });
    return () => { for (const event of ["pathChange", "select", "cursor"]) editor.removeEventListener(event, changed); };
  }, [editor]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const buttons = [...(bar.current?.querySelectorAll<HTMLElement>("button") ?? [])];
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = (to + buttons.length) % buttons.length;
    move(next);
    buttons[next]?.focus();
  };
  const button = (index: number, name: FormatIconName, label: string, run: () => void, isOn?: boolean, keys?: string) => (
    <button
      key={name} type="button" class="icon-button" aria-label={label} title={label} aria-pressed={isOn} aria-keyshortcuts={keys} tabIndex={index === at ? 0 : -1}
      onMouseDown={(event) => event.preventDefault()} onClick={() => { move(index); run(); redraw((n) => n + 1); }}
    >
      <FormatIcon name={name} />
    </button>
  );
  const count = tools.length;
  return (
    <div ref={bar} class="editor-tools" role="toolbar" aria-label={t("compose.format")} onKeyDown={onKeyDown}>
      {tools.map((tool, index) => button(index, tool.name, t(tool.label), () => tool.run(editor), tool.isOn?.(editor), tool.keys))}
      {button(count, "link", t("compose.format.link"), () => askLink(editor.getSelection()), editor.hasFormat("A"), "Control+K")}
      {button(count + 1, "picture", t("compose.format.image"), () => picker.current?.click())}
      {button(count + 2, "plain", t("compose.format.plain"), onPlain)}
      <input ref={picker} type="file" accept="image/*" multiple hidden onChange={(event) => { onImages([...(event.currentTarget.files ?? [])]); event.currentTarget.value = ""; }} />
      {link !== null && <LinkDialog editor={editor} range={link} onClose={() => { askLink(null); editor.focus(); }} />}
    </div>
  );
}

function LinkDialog({ editor, range, onClose }: { readonly editor: RichText; readonly range: Range; readonly onClose: () => void }) {
  const existing = (range.startContainer.parentElement?.closest("a") ?? null)?.getAttribute("href") ?? "";
  const [url, setUrl] = useState(existing);
  const [isWrong, setWrong] = useState(false);
  const apply = (): void => {
    const href = linkAddress(url);
    if (href === null) return setWrong(true);
    onClose();
    editor.setSelection(range);
    editor.makeLink(href);
  };
  const remove = (): void => {
    onClose();
    editor.setSelection(range);
    editor.removeLink();
  };
  return (
    <Dialog title={t("compose.format.link")} onClose={onClose}>
      <form class="dialog-form" onSubmit={(event) => { event.preventDefault(); apply(); }}>
        <label>{t("compose.link.address")}<input autofocus value={url} placeholder="https://" aria-invalid={isWrong} onInput={(event) => { setUrl(event.currentTarget.value); setWrong(false); }} /></label>
        {isWrong && <p class="compose-fault" role="alert">{t("compose.link.wrong")}</p>}
        <div class="dialog-buttons">
          {existing !== "" && <button type="button" class="button" onClick={remove}>{t("compose.link.remove")}</button>}
          <button type="button" class="button" onClick={onClose}>{t("app.cancel")}</button>
          <button type="submit" class="button is-main">{t("compose.link.apply")}</button>
        </div>
      </form>
    </Dialog>
  );
}
