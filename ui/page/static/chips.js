/* Runs with the filter chips over the question: each can be removed. */
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-kind]");
  if (!button) return;
  trigger("select", { kind: button.dataset.kind, value: "" });
  document.querySelector("#question textarea").focus();
});
