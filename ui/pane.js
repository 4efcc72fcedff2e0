/* Runs when the reading pane is there. The address names the passage that is open in it, and Back
   closes it, as it leaves a page. */
const dialog = () => element.querySelector("dialog");
const named = () => new URL(location).searchParams.get("passage") ?? "";

const address = (passage, mark) => {
  const there = new URL(location);
  for (const [key, value] of [["passage", passage], ["mark", mark]])
    if (value) there.searchParams.set(key, value);
    else there.searchParams.delete(key);
  return there;
};

const toPassage = () =>
  dialog().querySelector(".cited mark, .cited")?.scrollIntoView({ block: "center" });

const left = () => {
  if (!named()) return; /* Back was pressed */
  if (history.state?.pane) history.back();
  else history.replaceState(history.state, "", address());
};

const open = () => {
  if (!dialog() || dialog().open) return;
  dialog().showModal();
  dialog().onclose = left;
  const { passage, mark } = dialog().dataset;
  const there = address(passage, mark);
  if (!passage) history.replaceState(history.state, "", there);
  else if (there.href !== location.href) history.pushState({ pane: true }, "", there);
  toPassage();
};
open();
watch("value", open);
element.addEventListener("again", open);

addEventListener("popstate", () => {
  if (!named()) dialog()?.close();
  else if (dialog()?.dataset.passage === named()) open();
});

element.addEventListener("click", (event) => {
  if (event.target.closest("[data-here]")) toPassage();
  const mark = event.target.closest("a.note-mark");
  if (!mark) return;
  event.preventDefault();
  /* The note opens beside the text, or under it where there is no room; its mark closes it again. */
  const shown = element.querySelector(".beside");
  shown?.remove();
  if (shown?.dataset.note === mark.hash) return;
  const block = mark.closest("p, h4, .stands-for, li");
  const note = document.getElementById(mark.hash.slice(1));
  const beside = document.createElement("aside");
  beside.className = "beside";
  beside.dataset.note = mark.hash;
  beside.tabIndex = -1;
  beside.append(...[...note.cloneNode(true).childNodes]);
  if (matchMedia("(min-width: 60rem)").matches) block.before(beside);
  else block.after(beside);
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
