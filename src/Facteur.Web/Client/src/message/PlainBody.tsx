import { useMemo, useState } from "preact/hooks";
import { openCompose } from "../compose/open";
import { t } from "../i18n";
import { linkify } from "./linkify";
import { Marked } from "./Marked";
import { readPlain, type Block } from "./quotes";

const maxCharacters = 1_000_000;

/** A message of plain text: links found, quotes coloured, what was said before folded. */
export function PlainBody({ text }: { readonly text: string }) {
  const message = useMemo(() => readPlain(text.slice(0, maxCharacters)), [text]);
  const [isOpen, setOpen] = useState(false);
  const shown = isOpen ? message.blocks : message.blocks.slice(0, message.foldFrom);
  return (
    <div class="plain-body">
      {shown.map((block, index) => <PlainBlock key={index} block={block} isSignature={index >= message.signatureFrom && index < message.foldFrom} />)}
      {message.foldFrom < message.blocks.length && (
        <button type="button" class="fold-button" aria-expanded={isOpen} title={t("message.quoted")} aria-label={t("message.quoted")} onClick={() => setOpen(!isOpen)}>•••</button>
      )}
    </div>
  );
}

function PlainBlock({ block, isSignature }: { readonly block: Block; readonly isSignature: boolean }) {
  const name = block.depth > 0 ? `plain-quote plain-quote-${((block.depth - 1) % 4) + 1}` : isSignature ? "plain-signature" : "plain-text";
  return <div class={name} dir="auto"><Linked text={block.text} /></div>;
}

/** Text with its links; no address of the web is opened from here but in a window of its own. */
export function Linked({ text }: { readonly text: string }) {
  return (
    <>
      {linkify(text).map((piece, index) => {
        if (piece.kind === "text") return <Marked key={index} text={piece.text} />;
        if (piece.kind === "web") return <a key={index} href={piece.href} title={piece.href} target="_blank" rel="noopener noreferrer"><Marked text={piece.text} /></a>;
        const write = (event: Event): void => {
          event.preventDefault();
          openCompose({ kind: "new", to: [{ name: null, email: piece.address }] });
        };
        return <a key={index} href={`mailto:${encodeURIComponent(piece.address)}`} onClick={write}>{piece.text}</a>;
      })}
    </>
  );
}
