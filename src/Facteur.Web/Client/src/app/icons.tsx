/** Our own, drawn on 24 × 24 with a line of 1.8; "filled" ones are marked so. */
const paths = {
  inbox: "M4 13.5 6.2 5.6A1.5 1.5 0 0 1 7.6 4.5h8.8a1.5 1.5 0 0 1 1.4 1.1L20 13.5V18a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 18zM4.2 13.5h4.3a3.5 3.5 0 0 0 7 0h4.3",
  star: "m12 3.8 2.5 5.2 5.7.8-4.1 4 1 5.7-5.1-2.7-5.1 2.7 1-5.7-4.1-4 5.7-.8z",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM12 7.5V12l3 2",
  important: "M4.5 6h9.5l5.5 6-5.5 6H4.5l4-6z",
  sent: "M20.5 3.8 3.5 10.5l6.5 3 3 6.7zM10 13.5l4-4",
  draft: "M14.5 4.5H6A1.5 1.5 0 0 0 4.5 6v12.5A1.5 1.5 0 0 0 6 20h12.5a1.5 1.5 0 0 0 1.5-1.5V10M9 15.5l.6-3.1L18 4l2.5 2.5-8.4 8.4z",
  archive: "M3.5 5h17v4h-17zM5 9v9.5A1.5 1.5 0 0 0 6.5 20h11a1.5 1.5 0 0 0 1.5-1.5V9M9.5 13h5",
  junk: "M8.3 3.5h7.4l4.8 4.8v7.4l-4.8 4.8H8.3l-4.8-4.8V8.3zM12 7.5v5.5M12 16v.5",
  trash: "M4.5 6.5h15M9 6.5V4h6v2.5M6.5 6.5l.8 12.5A1.5 1.5 0 0 0 8.8 20.5h6.4a1.5 1.5 0 0 0 1.5-1.5l.8-12.5M10 10.5v6M14 10.5v6",
  all: "M3.5 6.5h17v12h-17zM4 7l8 6.5L20 7",
  label: "M4 5.5A1.5 1.5 0 0 1 5.5 4h6.3l8.4 8.4a1.5 1.5 0 0 1 0 2.1l-5.7 5.7a1.5 1.5 0 0 1-2.1 0L4 11.8zM8.2 8.2v.1",
  folder: "M3.5 7A1.5 1.5 0 0 1 5 5.5h4l2 2.5h8A1.5 1.5 0 0 1 20.5 9.5V17a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 17z",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM15.3 15.3 20.5 20.5",
  menu: "M4 6.5h16M4 12h16M4 17.5h16",
  more: "M12 4.9a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2zM12 11.4a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2zM12 17.9a.6.6 0 1 0 0 1.2.6.6 0 0 0 0-1.2z",
  close: "M6 6l12 12M18 6 6 18",
  check: "m5 12.5 4.5 4.5L19 7.5",
  compose: "M12 5v14M5 12h14",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
  attachment: "m19 11.5-7.3 7.3a4.5 4.5 0 0 1-6.4-6.4l7.8-7.8a3 3 0 0 1 4.3 4.3l-7.8 7.7a1.5 1.5 0 0 1-2.1-2.1l7-7",
  mail: "M3.5 6h17v12.5h-17zM4 6.5l8 6.5 8-6.5",
  mailOpen: "M3.5 10 12 4l8.5 6v9.5h-17zM4 10.5l8 5.5 8-5.5",
  refresh: "M19 8.5A7.5 7.5 0 1 0 19.5 13M19.5 4.5v4.5H15",
  back: "M19.5 12h-15M10.5 6l-6 6 6 6",
  next: "m9.5 5.5 6.5 6.5-6.5 6.5",
  previous: "m14.5 5.5-6.5 6.5 6.5 6.5",
  down: "m5.5 9.5 6.5 6 6.5-6",
  up: "m5.5 14.5 6.5-6 6.5 6",
  reply: "M9.5 6 4 11.5 9.5 17M4.5 11.5H14a6 6 0 0 1 6 6v1",
  replyAll: "M7 7l-4.5 4.5L7 16M12.5 6 7 11.5l5.5 5.5M7.5 11.5H15a5.5 5.5 0 0 1 5.5 5.5v1.5",
  forward: "M14.5 6 20 11.5 14.5 17M19.5 11.5H10a6 6 0 0 0-6 6v1",
  mute: "M5 9.5h3l4.5-4v13L8 14.5H5zM16 9.5l4.5 5M20.5 9.5l-4.5 5",
  print: "M7 9V4h10v5M7 16.5H4V9h16v7.5h-3M7 13.5h10V20H7z",
  download: "M12 4v11M7 10.5l5 5 5-5M4.5 19.5h15",
  image: "M4 5.5h16v13H4zM4.5 16l4.5-5 4 4.5 2.5-2.5 4 4M15.5 9v.1",
  block: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM6 6l12 12",
  user: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20a7.5 7.5 0 0 1 15 0",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1",
  minimize: "M5 18.5h14",
  expand: "M14 4.5h5.5V10M10 19.5H4.5V14M19 5l-6 6M5 19l6-6",
  help: "M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 17.5v.1",
  filter: "M4 5.5h16l-6 7.5v6.5l-4-2.5v-4z",
  offline: "M4 4l16 16M6 9.5A5 5 0 0 0 6.5 19H16M9.5 5.8A6 6 0 0 1 17.5 10 4.5 4.5 0 0 1 20 17",
} as const;

export type IconName = keyof typeof paths;

/** A picture beside words, or in a button that has a name: nothing that is read out. */
export function Icon({ name, filled = false }: { readonly name: IconName; readonly filled?: boolean }) {
  return (
    <svg class={filled ? "icon is-filled" : "icon"} viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}
