/** Pictures of the editor's buttons, drawn as those of the page. */
const paths = {
  bold: "M7.5 5h5.2a3.4 3.4 0 0 1 0 6.8H7.5zM7.5 11.8h6a3.6 3.6 0 0 1 0 7.2h-6z",
  italic: "M10.5 5h7M6.5 19h7M14 5l-4 14",
  bullets: "M9 6.5h11M9 12h11M9 17.5h11M4.5 6.5v.1M4.5 12v.1M4.5 17.5v.1",
  numbers: "M10 6.5h10M10 12h10M10 17.5h10M4 5l1.5-.8v4.6M3.8 15.2c.4-1.4 2.7-1.2 2.5.3-.1.9-1.6 1.6-2.6 3h2.8",
  quote: "M5 15.5V11a4.5 4.5 0 0 1 4-4.5M5 11.5h4v4H5zM14 15.5V11a4.5 4.5 0 0 1 4-4.5M14 11.5h4v4h-4z",
  clear: "M6 5h12M12 5l-2.2 8M5 19h6M14 14l5.5 5.5M19.5 14 14 19.5",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  picture: "M4 5.5h16v13H4zM4.5 16l4.5-5 4 4.5 2.5-2.5 4 4M15.5 9v.1",
  plain: "M5 7.5V5h9v2.5M9.5 5v13M7.5 18h4M15.5 13h5M15.5 16h5M15.5 19h3",
} as const;

export type FormatIconName = keyof typeof paths;

export function FormatIcon({ name }: { readonly name: FormatIconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
