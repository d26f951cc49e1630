// Attachments inside a winmail.dat (MS-OXTNEF): what Outlook sends to those it takes for its own. Bounded by the octets given, which the caller bounds.

export interface TnefFile {
  readonly name: string;
  readonly octets: Uint8Array;
}

const signature = 0x223e9f78;
const [levelAttachment, attachTitle, attachData, attachRenderData, attachmentProperties] = [2, 0x18010, 0x6800f, 0x69002, 0x69005];
const [tagLongName, tagName, tagData, tagMimeType] = [0x3707, 0x3704, 0x3701, 0x370e];
const maxFiles = 200;
const maxProperties = 1_000;

/** The files inside, as far as the stream can be read; undefined when it is no TNEF. */
export function readTnef(octets: Uint8Array): readonly TnefFile[] | undefined {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  if (octets.byteLength < 6 || view.getUint32(0, true) !== signature) return undefined;
  const files: { name: string; octets: Uint8Array }[] = [];
  // Level, attribute, length, octets, checksum.
  for (let at = 6; at + 9 <= octets.byteLength && files.length <= maxFiles;) {
    const [level, attribute, length] = [view.getUint8(at), view.getUint32(at + 1, true), view.getUint32(at + 5, true)];
    const start = at + 9;
    if (length > octets.byteLength - start) break;
    const value = octets.subarray(start, start + length);
    at = start + length + 2;
    if (level !== levelAttachment) continue;
    if (attribute === attachRenderData) files.push({ name: "", octets: new Uint8Array(0) });
    const file = files.at(-1);
    if (file === undefined) continue;
    if (attribute === attachTitle && file.name === "") file.name = narrow(value);
    else if (attribute === attachData && file.octets.byteLength === 0) file.octets = value;
    else if (attribute === attachmentProperties) readProperties(value, file);
  }
  return files.slice(0, maxFiles).filter((file) => file.octets.byteLength > 0).map((file, index) => ({ name: file.name || `winmail-${index + 1}.dat`, octets: file.octets }));
}

/** MAPI properties of an attachment: its long name, and its content when it stands here. */
function readProperties(octets: Uint8Array, file: { name: string; octets: Uint8Array }): void {
  const reader = new Reader(octets);
  const count = Math.min(reader.uint32(), maxProperties);
  for (let i = 0; i < count && !reader.isOver; i++) {
    const [type, tag] = [reader.uint16(), reader.uint16()];
    if (tag >= 0x8000 && !skipName(reader)) return;
    const value = readValue(reader, type);
    if (value === undefined) return;
    if (tag === tagLongName) file.name = value.text || file.name;
    else if (tag === tagName && file.name === "") file.name = value.text;
    // An object begins with the class of its interface.
    else if (tag === tagData && file.octets.byteLength === 0) file.octets = (type & 0xfff) === 0x000d ? value.octets.subarray(16) : value.octets;
    else if (tag === tagMimeType) continue;
  }
}

function skipName(reader: Reader): boolean {
  reader.skip(16);
  if (reader.uint32() === 0) reader.skip(4);
  else reader.skip(padded(reader.uint32()));
  return !reader.isOver;
}

/** Undefined when the stream ends within it, or its type is none that is known: then what follows cannot be found either. */
function readValue(reader: Reader, type: number): { readonly octets: Uint8Array; readonly text: string } | undefined {
  const isMany = (type & 0x1000) !== 0;
  const base = type & 0xfff;
  const size = fixedSize(base);
  if (size > 0) {
    const count = isMany ? reader.uint32() : 1;
    return take(reader, count * size, base);
  }
  if (![0x000d, 0x001e, 0x001f, 0x0102].includes(base)) return undefined;
  const count = reader.uint32();
  let first: { octets: Uint8Array; text: string } | undefined;
  for (let i = 0; i < count; i++) {
    const length = reader.uint32();
    const value = take(reader, padded(length), base, length);
    // Past the end all lengths are 0: no count may go on there.
    if (value === undefined || reader.isOver) return undefined;
    first ??= value;
  }
  return first ?? { octets: new Uint8Array(0), text: "" };
}

function take(reader: Reader, octets: number, type: number, length = octets): { octets: Uint8Array; text: string } | undefined {
  const value = reader.take(octets)?.subarray(0, length);
  return value === undefined ? undefined : { octets: value, text: type === 0x001f ? wide(value) : type === 0x001e ? narrow(value) : "" };
}

/** Octets that a value of a type takes, four at least; 0 for those that say their length. */
function fixedSize(type: number): number {
  switch (type) {
    case 0x0001: case 0x0002: case 0x0003: case 0x0004: case 0x000a: case 0x000b: return 4;
    case 0x0005: case 0x0006: case 0x0007: case 0x0014: case 0x0040: return 8;
    case 0x0048: return 16;
    default: return 0;
  }
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function narrow(octets: Uint8Array): string {
  return cut(new TextDecoder("windows-1252").decode(octets));
}

function wide(octets: Uint8Array): string {
  return cut(new TextDecoder("utf-16le").decode(octets));
}

function cut(text: string): string {
  const end = text.indexOf("\0");
  return (end < 0 ? text : text.slice(0, end)).replace(/[\p{Cc}\p{Cf}/\\]/gu, "_").trim().slice(0, 200);
}

/** Reads numbers of the least octet first; past the end they are 0 and `isOver` is set. */
class Reader {
  isOver = false;
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly octets: Uint8Array) {
    this.view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  }

  uint16(): number {
    return this.has(2) ? this.view.getUint16((this.at += 2) - 2, true) : 0;
  }

  uint32(): number {
    return this.has(4) ? this.view.getUint32((this.at += 4) - 4, true) : 0;
  }

  skip(count: number): void {
    if (this.has(count)) this.at += count;
  }

  take(count: number): Uint8Array | undefined {
    return this.has(count) ? this.octets.subarray(this.at, (this.at += count)) : undefined;
  }

  private has(count: number): boolean {
    if (count <= this.octets.byteLength - this.at) return true;
    this.isOver = true;
    return false;
  }
}
