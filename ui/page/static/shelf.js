/* Runs when the list of conversations is there. The address names the one that is open. */
const dialog = () => element.querySelector("dialog");
const opened = (address) => new URL(address).searchParams.get("c") ?? "";
let wasOpen = false;

const show = (entry, part) => {
  for (const name of ["actions", "renaming", "deleting"])
    entry.querySelector(`.${name}`).hidden = name !== part;
  entry.querySelector(`.${part} :is(input, button)`).focus();
};

element.addEventListener("click", (event) => {
  const entry = event.target.closest("li[data-id]");
  if (!entry) return;
  const id = entry.dataset.id;
  const clicked = (selector) => event.target.closest(selector);
  if (clicked("a.open") && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    dialog().close();
    trigger("select", { id });
  } else if (clicked("[data-rename]")) show(entry, "renaming");
  else if (clicked("[data-delete]")) show(entry, "deleting");
  else if (clicked("[data-cancel]")) show(entry, "actions");
  else if (clicked("[data-sure]")) trigger("delete", { id });
});

element.addEventListener("submit", (event) => {
  const entry = event.target.closest("li[data-id]");
  if (!entry) return;
  event.preventDefault();
  trigger("edit", { id: entry.dataset.id, name: event.target.elements.name.value });
});

/* Esc first takes back what was begun, then closes the drawer. */
element.addEventListener("keydown", (event) => {
  const entry = event.target.closest("li[data-id]");
  if (event.key !== "Escape" || !entry || !entry.querySelector(".actions").hidden) return;
  event.preventDefault();
  show(entry, "actions");
});

/* The list is drawn anew when it changes: it stays open, and the address keeps up with it. */
element.addEventListener("toggle", () => (wasOpen = dialog().open), true);
watch("value", () => {
  if (wasOpen && dialog()) dialog().showModal();
  const current = dialog()?.dataset.current ?? "";
  const address = new URL(location);
  if (opened(address) === current) return;
  if (current) address.searchParams.set("c", current);
  else address.searchParams.delete("c");
  history.pushState(null, "", address);
});

addEventListener("popstate", () => {
  const id = opened(location);
  if (id !== (dialog()?.dataset.current ?? "")) trigger("select", { id });
});
