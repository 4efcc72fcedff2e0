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
  if (!named() || dialog().open) return; /* Back was pressed, and maybe Forward since */
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
});
