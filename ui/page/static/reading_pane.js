/* Runs with the reading pane. The page's address names the passage that is open in it; the browser's
   Back closes it. */
const dialog = () => element.querySelector("dialog");
const passageInAddress = () => new URL(location).searchParams.get("passage") ?? "";

const buildAddress = (passage, mark) => {
  const address = new URL(location);
  for (const [key, value] of [["passage", passage], ["mark", mark]])
    if (value) address.searchParams.set(key, value);
    else address.searchParams.delete(key);
  return address;
};

const scrollToPassage = () =>
  dialog().querySelector(".cited mark, .cited")?.scrollIntoView({ block: "center" });

const clearAddress = () => {
  if (!passageInAddress() || dialog().open) return; /* Back was pressed, and maybe Forward since */
  if (history.state?.pane) history.back();
  else history.replaceState(history.state, "", buildAddress());
};

const open = () => {
  if (!dialog() || dialog().open) return;
  dialog().showModal();
  dialog().onclose = clearAddress;
  const { passage, mark } = dialog().dataset;
  const address = buildAddress(passage, mark);
  if (!passage) history.replaceState(history.state, "", address);
  else if (address.href !== location.href) history.pushState({ pane: true }, "", address);
  scrollToPassage();
};
open();
watch("value", open);
element.addEventListener("reopen", open);

addEventListener("popstate", () => {
  if (!passageInAddress()) dialog()?.close();
  else if (dialog()?.dataset.passage === passageInAddress()) open();
});

element.addEventListener("click", (event) => {
  if (event.target.closest("[data-to-passage]")) scrollToPassage();
});
