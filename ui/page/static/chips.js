/* Runs when the chips over the question are there: each can be taken back. */
element.addEventListener("click", (event) => {
  const chosen = event.target.closest("button[data-kind]");
  if (!chosen) return;
  trigger("select", { kind: chosen.dataset.kind, value: "" });
  document.querySelector("#question textarea").focus();
});
