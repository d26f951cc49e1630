import { request } from "../jmap/client";
import { change, settings } from "../settings/settings";
import { domainOfAddress, isSameAddress } from "./names";
import type { HeldImage } from "./sanitize";

const maxBatch = 500;
/** As many as the server keeps (docs/jmap.md). */
const maxTrusted = 1_000;

/** Asks our server for addresses under which it fetches the images, and shows them. */
export async function showRemote(images: readonly HeldImage[]): Promise<void> {
  const urls = [...new Set(images.map((image) => image.url))].slice(0, maxBatch);
  if (urls.length === 0) return;
  const answer = await request("/mail/images", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ urls }) });
  const { paths } = (await answer.json()) as { readonly paths: readonly (string | null)[] };
  const byUrl = new Map(urls.map((url, index) => [url, paths[index] ?? null]));
  for (const image of images) {
    const path = byUrl.get(image.url);
    if (path) image.show(path);
  }
}

/** Whether images of a sender, or of all of its domain, are always shown: kept by the account. */
export function isTrusted(sender: string): boolean {
  const domain = `@${domainOfAddress(sender)}`;
  return settings.value.imagesAllowedFrom.some((one) => isSameAddress(one, sender) || one.toLowerCase() === domain);
}

/** From now on they are; the one trusted longest ago makes room. */
export function trust(sender: string): void {
  const others = settings.peek().imagesAllowedFrom.filter((one) => !isSameAddress(one, sender));
  change({ imagesAllowedFrom: [sender.trim().toLowerCase(), ...others].slice(0, maxTrusted) });
}
