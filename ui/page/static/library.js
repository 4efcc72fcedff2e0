/* Runs when the library's panel is there: what is chosen in it limits the questions to come. */
const choose = (kind, value) => {
  element.querySelector("dialog").close();
  trigger("select", { kind, value });
  document.querySelector("#question textarea").focus();
};
element.addEventListener("click", (event) => {
  const chosen = event.target.closest("button[data-kind]");
  if (chosen) choose(chosen.dataset.kind, chosen.dataset.value);
});
element.addEventListener("change", (event) => {
  if (event.target.matches("input[data-kind]")) choose(event.target.dataset.kind, event.target.value);
});
