// What Facteur's webmail looks like.
window.__site = (() => {
  const rows = () => [...document.querySelectorAll("[role=grid] [role=row].row")];
  const isFilled = (message) => {
    const plain = message.querySelector(".plain-body");
    if (plain !== null) return plain.childElementCount > 0;
    const frame = message.querySelector(".message-frame");
    return frame !== null && frame.style.height !== "" && (frame.contentDocument?.getElementById("facteur-body")?.childElementCount ?? 0) > 0;
  };
  return {
    // Rows that come with the page, or those that the script draws over them.
    hasRows: () => document.querySelector("#first .subject, [role=grid] [role=row][id] .subject") !== null,
    // Of rows that come with the page: the last text of each. All rows are shown at once; marking each of their texts would cost the page, at a quarter of its speed, a tenth of a second.
    rowTexts: "#first time",
    isAtWork: () => document.querySelector("[role=grid] [role=row][id] .subject") !== null,
    highlighted: () => document.querySelector("[role=grid] .row.is-focused")?.id,
    // Another conversation than before, with the body of each message that is open in it.
    isOpen: (before) => {
      const open = [...document.querySelectorAll(".conversation .message.is-open")];
      return location.hash !== before && location.hash.includes("/t/") && open.length > 0 && open.every(isFilled);
    },
    isListed: () => !location.hash.includes("/t/") && document.querySelector(".list:not([hidden]) [role=grid]") !== null,
    isFound: (word) => {
      const found = document.querySelectorAll("[role=grid][aria-busy=false] [role=row][id] .subject");
      return found.length > 0 && [...found].every((subject) => subject.textContent.includes(word));
    },
    isBlank: () => {
      const view = document.querySelector("[role=grid]").getBoundingClientRect();
      return rows().some((row) => {
        const box = row.getBoundingClientRect();
        return row.classList.contains("is-blank") && box.bottom > view.top && box.top < view.bottom;
      });
    },
    isFull: () => rows().length > 0 && !rows().some((row) => row.classList.contains("is-blank")),
    jump: (part) => {
      const grid = document.querySelector("[role=grid]");
      grid.scrollTop = (grid.scrollHeight - grid.clientHeight) * part;
    },
    reveal: (index) => {
      const grid = document.querySelector("[role=grid]");
      grid.scrollTop = Math.max(0, index - 5) * rows()[0].offsetHeight;
    },
    isDrawn: (index) => document.querySelector(`[role=grid] [aria-rowindex="${index + 1}"] .cell-what`) !== null,
    rowCount: () => Number(document.querySelector("[role=grid]").getAttribute("aria-rowcount")),
  };
})();
