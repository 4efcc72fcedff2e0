/* Runs with the filter chips over the question: sends what the library's panel sets, and what is
   removed here. */
document.addEventListener("tongzhu-filter", (event) => sendInOrder(event.detail));
watch("value", () => receiveReply(props.value));
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-kind]");
  if (!button) return;
  sendInOrder({ kind: button.dataset.kind, value: "" });
  document.querySelector("#question textarea").focus();
});
