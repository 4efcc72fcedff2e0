/* Runs with the transcript and with the reading pane: the mark of a note opens it beside the text,
   level with the mark, or under the paragraph where there is no room; the mark closes it again. */
const room = matchMedia(element.id === "pane" ? "(min-width: 60rem)" : "(min-width: 79rem)");

element.addEventListener("click", (event) => {
  const mark = event.target.closest("a.note-mark");
  if (!mark) return;
  event.preventDefault();
  const shown = element.querySelector(".beside");
  shown?.remove();
  if (shown?.dataset.note === mark.hash) return;
  const block = mark.closest("p, h4, .stands-for, li");
  const note = document.getElementById(mark.hash.slice(1));
  const beside = document.createElement("aside");
  beside.className = "beside";
  beside.dataset.note = mark.hash;
  beside.tabIndex = -1;
  beside.setAttribute("aria-label", mark.ariaLabel);
  beside.append(...note.cloneNode(true).childNodes);
  if (room.matches) {
    const level = mark.getBoundingClientRect().top - block.getBoundingClientRect().top;
    beside.style.marginBlockStart = `${Math.max(0, level - 8)}px`;
    block.before(beside);
  } else block.after(beside);
  beside.scrollIntoView({ block: "nearest" });
  beside.focus({ preventScroll: true });
});

/* Esc first closes the note. */
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const beside = event.target.closest(".beside");
  if (!beside) return;
  event.preventDefault();
  const mark = element.querySelector(`a[href="${beside.dataset.note}"]`);
  beside.remove();
  mark.focus();
});
