// Shows how far a long upload is; without scripts the browser shows it itself, and the page tells the rest.
for (const form of document.querySelectorAll("form[data-import]")) {
  const bar = form.querySelector("progress");
  const button = form.querySelector("button");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.hidden = false;
      bar.value = total > 0 ? (100 * loaded) / total : 0;
    });
    // The answer leads back to the page, which has the report.
    request.addEventListener("loadend", () => {
      const { pathname, search } = new URL(request.responseURL || location.href);
      location.assign(pathname === location.pathname ? `${pathname}${search}#import` : location.pathname);
      if (pathname === location.pathname && search === location.search) location.reload();
    });
    button.disabled = true;
    request.send(new FormData(form));
  });
}
