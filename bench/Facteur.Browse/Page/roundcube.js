// What Roundcube looks like, with the skin "elastic": a list, and beside it a frame with the message.
window.__site = (() => {
  const frame = () => document.getElementById("messagecontframe")?.contentWindow;
  const rows = () => [...document.querySelectorAll("#messagelist tbody tr.message")];
  return {
    hasRows: () => document.querySelector("#messagelist tbody tr.message .subject a") !== null,
    rowTexts: "#messagelist tbody tr.message *",
    shown: () => new URL(frame()?.location.href ?? "about:blank").searchParams.get("_uid") ?? "",
    // Another message than before: its body is there and the frame has painted, which its style sheets hold up.
    isOpen: (before) => {
      const inside = frame();
      const shown = window.__site.shown();
      return shown !== "" && shown !== before && (inside.document.getElementById("messagebody")?.childElementCount ?? 0) > 0
        && inside.performance.getEntriesByName("first-contentful-paint").length > 0;
    },
    isFound: (word) => rows().length > 0 && rows().every((row) => row.querySelector(".subject a")?.textContent.includes(word)),
  };
})();
