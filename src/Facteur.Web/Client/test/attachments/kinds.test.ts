import { describe, expect, it } from "vitest";
import { isDangerous, previewOf, rasterType } from "../../src/attachments/kinds";

const part = (name: string | null, type = "application/octet-stream") => ({ name, type, size: 1 });

describe("attachments", () => {
  it.each(["setup.exe", "photo.jpg.scr", "facture.pdf.js", "a.HTML", "x.svg", "doc.docm", "run.ps1", "a.lnk", "disk.iso", "invoice\u202efdp.exe", "a.exe ", "a.exe.", "page.xhtml", "\u202egpj.exe", "a.e\u200bxe"])("%s may run something", (name) => expect(isDangerous(part(name))).toBe(true));
  it.each(["rapport.pdf", "photo.jpg", "notes.txt", "table.xlsx", "archive.zip", null])("%s does not", (name) => expect(isDangerous(part(name))).toBe(false));
  it("go by their type as well", () => expect([isDangerous(part("a.txt", "text/html")), isDangerous(part("a", "image/svg+xml")), isDangerous(part("a", "APPLICATION/X-MSDOWNLOAD"))]).toEqual([true, true, true]));
  it.each([
    ["a.pdf", "application/pdf", "pdf"], ["a.png", "image/png", "image"], ["a.eml", "application/octet-stream", "message"], [null, "message/rfc822", "message"], ["winmail.dat", "application/octet-stream", "tnef"],
    ["x.ics", "text/calendar", "calendar"], ["a.csv", "text/csv", "text"], ["a.svg", "image/svg+xml", "none"], ["a.html", "text/html", "none"], ["evil.exe", "image/png", "none"], ["a.xml", "text/xml", "none"],
  ])("%s of %s is shown as %s", (name, type, preview) => expect(previewOf(part(name, type))).toBe(preview));
  it("are images by their octets and not by their name", () => {
    expect(rasterType(Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))).toBe("image/png");
    expect(rasterType(new TextEncoder().encode("<svg xmlns='x'/>"))).toBeNull();
    expect(rasterType(new TextEncoder().encode("GIF89a<script>"))).toBe("image/gif");
    expect(rasterType(new Uint8Array(0))).toBeNull();
  });
});
