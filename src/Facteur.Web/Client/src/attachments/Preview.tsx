import { useEffect, useState } from "preact/hooks";
import { ConfirmDialog, Dialog } from "../app/Dialog";
import { fetchBlob } from "../conversation/loading";
import { formatSize, t } from "../i18n";
import type { BodyPart } from "../jmap/types";
import { plainName } from "../message/names";
import { readCalendar } from "../message/calendar";
import { whenOf } from "../message/InvitationCard";
import type { MailStore } from "../store/mailStore";
import { AttachedMessage } from "./AttachedMessage";
import { nameOfPart, save, saveAddress } from "./AttachmentStrip";
import { isDangerous, previewOf, rasterType, type Preview } from "./kinds";
import { readTnef, type TnefFile } from "./tnef";

const maxOctets = 25 * 1024 * 1024;
const maxText = 512 * 1024;

/** An attachment, shown without any program: pictures, text, PDF by the browser's own viewer, messages, what is in a winmail.dat. */
export function PreviewDialog({ store, part, onClose }: { readonly store: MailStore; readonly part: BodyPart; readonly onClose: () => void }) {
  const kind = previewOf(part);
  return (
    <Dialog title={nameOfPart(part)} onClose={onClose} isWide>
      <div class="preview">{kind === "message" && part.blobId !== null ? <AttachedMessage store={store} blobId={part.blobId} /> : <Content store={store} part={part} kind={kind} />}</div>
      <div class="dialog-buttons"><button type="button" class="button" onClick={() => save(store.client, part)}>{t("attachment.saveButton")}</button></div>
    </Dialog>
  );
}

type Loaded = { readonly state: "loading" | "failed" | "tooLarge" } | { readonly state: "there"; readonly octets: Uint8Array<ArrayBuffer> };

function Content({ store, part, kind }: { readonly store: MailStore; readonly part: BodyPart; readonly kind: Preview }) {
  const [loaded, setLoaded] = useState<Loaded>({ state: "loading" });
  useEffect(() => {
    const abort = new AbortController();
    if (part.size > maxOctets) setLoaded({ state: "tooLarge" });
    else fetchBlob(store.client, part, maxOctets, abort.signal).then((octets) => setLoaded(octets ? { state: "there", octets } : { state: "tooLarge" }), () => setLoaded({ state: "failed" }));
    return () => abort.abort();
  }, [part.blobId]);
  if (loaded.state !== "there") return <p role="status">{t(loaded.state === "loading" ? "list.loading" : loaded.state === "failed" ? "attachment.failed" : "attachment.tooLarge")}</p>;
  const { octets } = loaded;
  switch (kind) {
    case "image": return <Picture octets={octets} name={nameOfPart(part)} />;
    case "pdf": return <Pdf octets={octets} name={nameOfPart(part)} />;
    case "tnef": return <Winmail octets={octets} />;
    case "calendar": return <Calendar octets={octets} />;
    default: return <Text octets={octets} charset={part.charset} />;
  }
}

/** A blob's address as long as it is shown; its type is what we say and never what the sender did. */
function useAddress(octets: Uint8Array<ArrayBuffer>, type: string | null): string | undefined {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (type === null) return;
    const made = URL.createObjectURL(new Blob([octets], { type }));
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [octets, type]);
  return address;
}

function Picture({ octets, name }: { readonly octets: Uint8Array<ArrayBuffer>; readonly name: string }) {
  const type = rasterType(octets);
  const address = useAddress(octets, type);
  if (type === null) return <p>{t("attachment.notShown")}</p>;
  return address === undefined ? null : <img src={address} alt={name} />;
}

function Pdf({ octets, name }: { readonly octets: Uint8Array<ArrayBuffer>; readonly name: string }) {
  const isPdf = new TextDecoder("latin1").decode(octets.subarray(0, 1024)).includes("%PDF-");
  const address = useAddress(octets, isPdf ? "application/pdf" : null);
  if (!isPdf || !navigator.pdfViewerEnabled) return <p>{t("attachment.notShown")}</p>;
  return address === undefined ? null : <iframe class="preview-pdf" src={address} title={name} />;
}

function Text({ octets, charset }: { readonly octets: Uint8Array; readonly charset: string | null }) {
  return (
    <>
      <pre tabIndex={0}>{decode(octets.subarray(0, maxText), charset)}</pre>
      {octets.length > maxText && <p class="soft">{t("original.cut", { shown: formatSize(maxText), all: formatSize(octets.length) })}</p>}
    </>
  );
}

function decode(octets: Uint8Array, charset: string | null): string {
  try {
    return new TextDecoder(charset ?? "utf-8").decode(octets);
  } catch {
    return new TextDecoder().decode(octets);
  }
}

function Calendar({ octets }: { readonly octets: Uint8Array }) {
  const event = readCalendar(new TextDecoder().decode(octets));
  if (event === undefined) return <Text octets={octets} charset={null} />;
  return <dl class="original-facts"><dt>{t("invitation.label")}</dt><dd>{event.summary}</dd><dt>{t("invitation.when")}</dt><dd>{whenOf(event)}</dd><dt>{t("invitation.where")}</dt><dd>{event.location}</dd></dl>;
}

function Winmail({ octets }: { readonly octets: Uint8Array }) {
  const [asked, setAsked] = useState<TnefFile>();
  const files = readTnef(octets);
  if (files === undefined || files.length === 0) return <p>{t("attachment.emptyWinmail")}</p>;
  const saveFile = (file: TnefFile): void => {
    const address = URL.createObjectURL(new Blob([file.octets.slice()], { type: "application/octet-stream" }));
    saveAddress(address, plainName(file.name));
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  };
  return (
    <>
      <p>{t("attachment.winmail")}</p>
      <ul class="winmail">
        {files.map((file, index) => (
          <li key={index}>
            <button type="button" class="link-button" onClick={() => (isDangerous({ name: file.name, type: "application/octet-stream" }) ? setAsked(file) : saveFile(file))}><bdi>{plainName(file.name)}</bdi></button>
            <span class="soft">{formatSize(file.octets.length)}</span>
          </li>
        ))}
      </ul>
      {asked && <ConfirmDialog title={t("attachment.riskyTitle")} text={t("attachment.riskyText", { name: plainName(asked.name) })} label={t("attachment.saveAnyway")} onConfirm={() => saveFile(asked)} onClose={() => setAsked(undefined)} />}
    </>
  );
}
