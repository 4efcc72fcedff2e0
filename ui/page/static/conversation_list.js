/* Runs with the list of conversations. The page's address names the open one. */
const dialog = () => element.querySelector("dialog");
const idInAddress = (address) => new URL(address).searchParams.get("c") ?? "";
let wasOpen = false;

const showPart = (entry, part) => {
  for (const name of ["actions", "renaming", "deleting"])
    entry.querySelector(`.${name}`).hidden = name !== part;
  entry.querySelector(`.${part} :is(input, button)`).focus();
};

element.addEventListener("click", (event) => {
  const entry = event.target.closest("li[data-id]");
  if (!entry) return;
  const id = entry.dataset.id;
  const clicked = (selector) => event.target.closest(selector);
  if (clicked("a.entry-title") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    dialog().close();
    trigger("select", { id });
  } else if (clicked("[data-rename]")) showPart(entry, "renaming");
  else if (clicked("[data-delete]")) showPart(entry, "deleting");
  else if (clicked("[data-cancel]")) showPart(entry, "actions");
  else if (clicked("[data-confirm]")) trigger("delete", { id });
});

element.addEventListener("submit", (event) => {
  const entry = event.target.closest("li[data-id]");
  if (!entry) return;
  event.preventDefault();
  trigger("edit", { id: entry.dataset.id, name: event.target.elements.name.value });
});

/* Esc first cancels renaming or deleting, then closes the drawer. */
element.addEventListener("keydown", (event) => {
  const entry = event.target.closest("li[data-id]");
  if (event.key !== "Escape" || !entry || !entry.querySelector(".actions").hidden) return;
  event.preventDefault();
  showPart(entry, "actions");
});

/* The list is replaced when it changes: it stays open, and the address is updated. */
element.addEventListener("toggle", () => (wasOpen = dialog().open), true);
watch("value", () => {
  if (wasOpen && dialog()) dialog().showModal();
  const current = dialog()?.dataset.current ?? "";
  const address = new URL(location);
  if (idInAddress(address) === current) return;
  if (current) address.searchParams.set("c", current);
  else address.searchParams.delete("c");
  history.pushState(null, "", address);
});

addEventListener("popstate", () => {
  const id = idInAddress(location);
  if (id !== (dialog()?.dataset.current ?? "")) trigger("select", { id });
});
