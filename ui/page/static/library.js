/* Runs with the library's panel: what a reader chooses limits the next questions. */
const setFilter = (kind, value) => {
  element.querySelector("dialog").close();
  document.dispatchEvent(new CustomEvent("tongzhu-filter", { detail: { kind, value } }));
  document.querySelector("#question textarea").focus();
};
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-kind]");
  if (button) setFilter(button.dataset.kind, button.dataset.value);
});
element.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-kind]")) return;
  event.preventDefault();
  const { after, before } = event.target.elements;
  setFilter(event.target.dataset.kind, `${after.value}/${before.value}`);
});
