import { describe, expect, it } from "vitest";
import { readTnef } from "../../src/attachments/tnef";

const le = (value: number, octets: number): number[] => Array.from({ length: octets }, (_, index) => (value >>> (8 * index)) & 0xff);
const ascii = (text: string): number[] => [...text].map((c) => c.charCodeAt(0));
const utf16 = (text: string): number[] => [...text].flatMap((c) => le(c.charCodeAt(0), 2));
const attribute = (level: number, id: number, value: number[]): number[] => [level, ...le(id, 4), ...le(value.length, 4), ...value, 0, 0];
const pad = (value: number[]): number[] => [...value, ...Array<number>((4 - (value.length % 4)) % 4).fill(0)];
const variable = (type: number, tag: number, value: number[]): number[] => [...le(type, 2), ...le(tag, 2), ...le(1, 4), ...le(value.length, 4), ...pad(value)];
const stream = (...attributes: number[][]): Uint8Array => Uint8Array.from([...le(0x223e9f78, 4), 1, 0, ...attributes.flat()]);

const render = attribute(2, 0x69002, Array<number>(14).fill(0));
const file = stream(
  attribute(1, 0x78008, ascii("IPM.Microsoft Mail.Note\0")), render, attribute(2, 0x18010, ascii("RAPPOR~1.PDF\0")), attribute(2, 0x6800f, ascii("%PDF-1.7")),
  attribute(2, 0x69005, [...le(3, 4), ...le(3, 2), ...le(0x3705, 2), ...le(1, 4), ...variable(0x1f, 0x3707, utf16("Rapport été.pdf\0")), ...variable(0x1e, 0x370e, ascii("application/pdf\0"))]),
  render, attribute(2, 0x69005, [...le(2, 4), ...variable(0x1e, 0x3704, ascii("../../b\u0000")), ...variable(0x0d, 0x3701, [...Array<number>(16).fill(7), ...ascii("inner")])]),
);

describe("winmail.dat", () => {
  it("gives the files inside, with their long names", () => {
    const files = readTnef(file)!;
    expect(files.map((one) => one.name)).toEqual(["Rapport été.pdf", ".._.._b"]);
    expect(files.map((one) => new TextDecoder().decode(one.octets))).toEqual(["%PDF-1.7", "inner"]);
  });
  it("is none without its mark", () => expect([readTnef(new Uint8Array(0)), readTnef(Uint8Array.from([1, 2, 3, 4, 5, 6, 7]))]).toEqual([undefined, undefined]));
  it("survives what is cut, and octets that are wrong, anywhere", () => {
    for (let length = 0; length < file.length; length++) expect(() => readTnef(file.subarray(0, length))).not.toThrow();
    for (let at = 4; at < file.length; at++) {
      const broken = file.slice();
      broken[at] = 0xff;
      expect(() => readTnef(broken)).not.toThrow();
    }
  });
  it("lets no count cost more than its octets", () => {
    const start = performance.now();
    readTnef(stream(render, attribute(2, 0x69005, [...le(0xffffffff, 4), ...le(0x1003, 2), ...le(0x3701, 2), ...le(0xffffffff, 4)])));
    readTnef(stream(...Array.from({ length: 5000 }, () => render)));
    expect(performance.now() - start).toBeLessThan(500);
  });
});
