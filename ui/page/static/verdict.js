/* Runs with the hidden element where rendered verdicts arrive: sends a visitor's judgement of an
   answer, and replaces the form by what comes back, with the focus where it was. */
const findForm = (event) => event.target.closest?.("#transcript form.verdict");
let focusSelector = "";

const send = (form, verdict) => {
  const value = (name) => form.querySelector(`[name=${name}]`)?.value ?? "";
  const name = document.activeElement.name;
  const verdictButton = document.activeElement.dataset.verdict;
  focusSelector = verdictButton ? `[data-verdict=${verdictButton}]` : name ? `[name=${name}]` : "[type=submit]";
  sendInOrder({
    turn: form.dataset.turn,
    verdict,
    passage: form.querySelector("[name=passage]:checked")?.value ?? "",
    absent: form.querySelector("[name=absent]")?.checked ? "yes" : "",
    note: value("note"),
  });
};
const getVerdict = (form) => form.querySelector("[aria-pressed=true]")?.dataset.verdict ?? "";

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#transcript [data-verdict]");
  if (!button) return;
  /* Another click on a verdict removes it. */
  send(findForm(event), button.ariaPressed === "true" ? "" : button.dataset.verdict);
});
document.addEventListener("change", (event) => {
  const form = findForm(event);
  if (form && event.target.matches("[type=radio], [type=checkbox]")) send(form, getVerdict(form));
});
document.addEventListener("submit", (event) => {
  const form = findForm(event);
  if (!form) return;
  event.preventDefault();
  send(form, getVerdict(form));
});

const replaceForm = (existing, replacement) => {
  /* The status is filled a moment later, so that a screen reader announces it. */
  const status = replacement.querySelector(".verdict-status");
  const statusText = status.textContent;
  status.textContent = "";
  /* Text that the visitor is typing is kept. */
  const [typed, field] = [existing, replacement].map((form) => form.querySelector("[name=note]"));
  if (field && typed === document.activeElement) {
    field.value = typed.value;
    focusSelector = "[name=note]";
  }
  existing.replaceWith(replacement);
  if (focusSelector)
    (replacement.querySelector(`${focusSelector}:checked`) ?? replacement.querySelector(focusSelector))?.focus();
  replacement.scrollIntoView({ block: "nearest" }); /* not behind the question field */
  setTimeout(() => (status.textContent = statusText), 50);
};

watch("value", () => {
  if (!receiveReply(props.value)) return; /* a later judgement is on its way */
  const template = document.createElement("template");
  template.innerHTML = props.value ?? "";
  const arrived = template.content.querySelector("form.verdict");
  const existing = arrived && document.querySelector(`#transcript form.verdict[data-turn="${arrived.dataset.turn}"]`);
  if (!existing) return;
  const replacement = arrived.cloneNode(true);
  /* A button that is being pressed stays until it is released, or its click would be lost. */
  const replaceReleased = () =>
    existing.matches(":active") ? setTimeout(replaceReleased, 20) : replaceForm(existing, replacement);
  replaceReleased();
});
