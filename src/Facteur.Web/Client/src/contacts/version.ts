import { signal } from "@preact/signals";

/** Counts what this page did to the address book: who completes addresses looks again. */
export const bookVersion = signal(0);
