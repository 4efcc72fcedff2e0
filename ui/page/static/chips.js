/* Runs with the filter chips over the question: sends what the library's panel sets, and what is
   removed here. Until it is confirmed, the body is marked, and questions wait (composer.js). */
const changeFilter = (data) => {
  document.body.dataset.filtering = "yes";
  sendInOrder(data);
};
document.addEventListener("tongzhu-filter", (event) => changeFilter(event.detail));
document.addEventListener("tongzhu-idle", (event) => {
  if (event.detail === element) delete document.body.dataset.filtering;
});
watch("value", () => receiveReply(props.value));
element.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-kind]");
  if (!button) return;
  changeFilter({ kind: button.dataset.kind, value: "" });
  document.querySelector("#question textarea").focus();
});
