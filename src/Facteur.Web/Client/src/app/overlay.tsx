import { render, type ComponentChild } from "preact";

/** Shows something over the page that belongs to no view, a dialog mostly; answers what takes it away. */
export function showOverlay(make: (close: () => void) => ComponentChild): () => void {
  const host = document.createElement("div");
  document.body.append(host);
  const close = () => {
    if (!host.isConnected) return;
    render(null, host);
    host.remove();
  };
  render(make(close), host);
  return close;
}
