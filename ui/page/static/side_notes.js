/* Runs with the transcript: a note mark opens its note beside the text,
   level with the mark, or under the paragraph where there is no room; another click closes it. */
const wide = matchMedia("(min-width: 79rem)");
const hasRoom = () => wide.matches && !document.querySelector("#drawer-pane[open]:not(:modal)");

element.addEventListener("click", (event) => {
  const mark = event.target.closest("a.note-mark");
  if (!mark) return;
  event.preventDefault();
  const openNote = element.querySelector(".side-note");
  openNote?.remove();
  if (openNote?.dataset.note === mark.hash) return;
  const block = mark.closest("p, h4, .resolved-note, li");
  const note = document.getElementById(mark.hash.slice(1));
  const sideNote = document.createElement("aside");
  sideNote.className = "side-note";
  sideNote.dataset.note = mark.hash;
  sideNote.tabIndex = -1;
  sideNote.setAttribute("aria-label", mark.ariaLabel);
  sideNote.append(...note.cloneNode(true).childNodes);
  if (hasRoom()) {
    const offset = mark.getBoundingClientRect().top - block.getBoundingClientRect().top;
    sideNote.style.marginBlockStart = `${Math.max(0, offset - 8)}px`;
    block.before(sideNote);
  } else block.after(sideNote);
  sideNote.scrollIntoView({ block: "nearest" });
  sideNote.focus({ preventScroll: true });
});

/* Esc closes the note before anything else. */
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const sideNote = event.target.closest(".side-note");
  if (!sideNote) return;
  event.preventDefault();
  const mark = element.querySelector(`a[href="${sideNote.dataset.note}"]`);
  sideNote.remove();
  mark.focus();
});
