/* Runs with the library's panel: what a reader chooses limits the next questions. */
const setFilter = (kind, value) => {
  element.querySelector("dialog").close();
  trigger("select", { kind, value });
  document.querySelector("#question textarea").focus();
};
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-kind]");
  if (button) setFilter(button.dataset.kind, button.dataset.value);
});
element.addEventListener("change", (event) => {
  if (event.target.matches("input[data-kind]")) setFilter(event.target.dataset.kind, event.target.value);
});
