/* Runs when the page's transcript is there: `element` is it, `watch` calls back after it changed. */
const opened = new Set();
let seen = 0;

element.setAttribute("role", "log");
element.setAttribute("aria-live", "polite");

/* A note's mark opens the notes of its passage and shows the note. */
element.addEventListener("click", (event) => {
  const mark = event.target.closest("a.note-mark");
  if (!mark) return;
  event.preventDefault();
  const note = document.getElementById(mark.getAttribute("href").slice(1));
  note.closest("details").open = true;
  note.scrollIntoView({ block: "nearest" });
  note.focus({ preventScroll: true });
});

/* The transcript is drawn anew with every turn; what a reader had opened stays open. */
element.addEventListener(
  "toggle",
  (event) => {
    if (event.target.open) opened.add(event.target.id);
    else opened.delete(event.target.id);
  },
  true,
);

watch("value", () => {
  for (const id of opened) {
    const fold = document.getElementById(id);
    if (fold) fold.open = true;
  }
  const turns = element.querySelectorAll(".turn");
  if (turns.length > seen) turns[turns.length - 1].scrollIntoView({ block: "start" });
  seen = turns.length;
});
