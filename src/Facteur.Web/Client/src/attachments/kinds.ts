import type { BodyPart } from "../jmap/types";

export type Preview = "image" | "pdf" | "text" | "message" | "tnef" | "calendar" | "none";

// What programs run when it is opened, or what opens as a page with scripts: more than the usual "are you sure".
const dangerous = new Set((
  "ade adp apk app appinstaller application appref-ms appx appxbundle asp aspx bas bat cer chm cmd cnt com command cpl crt csh der desktop diagcab dll dmg elf exe fxp gadget grp hlp hpj hta htm html xhtml shtml htc img inf ins iso isp its jar jnlp job js jse ksh lnk mad maf mag mam maq mar mas mat mau mav maw mcf mda mdb mde mdt mdw mdz mht mhtml msc msh msh1 msh2 mshxml msi msix msixbundle msp mst msu ops osd pcd pif pkg pl plg prf prg printerexport ps1 ps1xml ps2 ps2xml psc1 psc2 psd1 psdm1 pst py pyc pyo pyw pyz pyzw reg rgs run scf scr sct search-ms settingcontent-ms sh shb shs svg svgz sys theme tmp udl url vb vbe vbp vbs vhd vhdx vsmacros vsw wasm webpnp website ws wsb wsc wsf wsh xbap xll xml xnk xsl xslt "
  + "docm dotm xlsm xltm xlam pptm potm ppam ppsm sldm one onepkg"
).split(/\s+/u));
const dangerousTypes = /^(?:text\/html|application\/xhtml\+xml|image\/svg\+xml|text\/xml|application\/xml|application\/(?:x-)?(?:msdownload|ms-dos-executable|executable|dosexec|javascript|ecmascript|java-archive|shellscript|sh|bat|hta|mach-binary|elf|wasm)|application\/(?:vnd\.microsoft\.portable-executable|x-ms-shortcut|x-msi)|text\/(?:javascript|ecmascript|vbscript))$/u;
const rasters = /^image\/(?:png|jpe?g|gif|webp|avif|bmp|x-icon|vnd\.microsoft\.icon)$/u;
const texts = /^text\/(?:plain|csv|markdown|x-[a-z0-9.+-]+|tab-separated-values|rfc822-headers)$|^application\/json$|^message\/delivery-status$/u;

/** The ending that decides which program opens a file: what stands after its last dot, without what nobody sees. */
export function extensionOf(name: string): string {
  const plain = name.replace(/[\p{Cf}\p{Cc}]/gu, "").replace(/[\s.]+$/u, "");
  const dot = plain.lastIndexOf(".");
  return dot < 0 ? "" : plain.slice(dot + 1).toLowerCase();
}

/** Whether opening it may run something. */
export function isDangerous(part: Pick<BodyPart, "name" | "type">): boolean {
  const name = part.name ?? "";
  return dangerous.has(extensionOf(name)) || dangerousTypes.test(part.type.toLowerCase()) || /[\u202a-\u202e\u2066-\u2069]/u.test(name);
}

export function previewOf(part: Pick<BodyPart, "name" | "type" | "size">): Preview {
  const [type, extension] = [part.type.toLowerCase(), extensionOf(part.name ?? "")];
  if (type === "application/ms-tnef" || type === "application/vnd.ms-tnef" || (part.name ?? "").toLowerCase() === "winmail.dat") return "tnef";
  if (type === "message/rfc822" || type === "message/global" || extension === "eml") return "message";
  if (type === "text/calendar") return "calendar";
  if (isDangerous(part)) return "none";
  if (rasters.test(type)) return "image";
  if (type === "application/pdf" || (type === "application/octet-stream" && extension === "pdf")) return "pdf";
  if (texts.test(type) || (type === "application/octet-stream" && /^(?:txt|md|csv|log|json)$/u.test(extension))) return "text";
  return type === "application/octet-stream" && /^(?:png|jpe?g|gif|webp)$/u.test(extension) ? "image" : "none";
}

/** What an image is by its first octets; null for anything else, whatever it is called. The server's image proxy reads the same. */
export function rasterType(octets: Uint8Array): string | null {
  const begins = (...values: number[]): boolean => values.every((value, index) => octets[index] === value);
  const text = (from: number, length: number): string => String.fromCharCode(...octets.subarray(from, from + length));
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "image/png";
  if (begins(0xff, 0xd8, 0xff)) return "image/jpeg";
  if (text(0, 6) === "GIF87a" || text(0, 6) === "GIF89a") return "image/gif";
  if (text(0, 4) === "RIFF" && text(8, 4) === "WEBP") return "image/webp";
  if (text(4, 8) === "ftypavif" || text(4, 8) === "ftypavis") return "image/avif";
  if (text(0, 2) === "BM" && octets.length >= 26) return "image/bmp";
  return begins(0, 0, 1, 0) && octets.length >= 22 ? "image/x-icon" : null;
}
