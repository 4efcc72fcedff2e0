/* Runs when the place is there where verdicts arrive: what a visitor says of an answer is sent, and
   what comes back stands in the place of what was there, with the focus where it was. */
const verdictOf = (event) => event.target.closest?.("#transcript form.verdict");
let focused = "";

const send = (form, verdict) => {
  const value = (name) => form.querySelector(`[name=${name}]`)?.value ?? "";
  const name = document.activeElement.name;
  const mark = document.activeElement.dataset.verdict;
  focused = mark ? `[data-verdict=${mark}]` : name ? `[name=${name}]` : "[type=submit]";
  trigger("select", {
    turn: form.dataset.turn,
    verdict,
    passage: form.querySelector("[name=passage]:checked")?.value ?? "",
    absent: form.querySelector("[name=absent]")?.checked ? "yes" : "",
    note: value("note"),
  });
};
const pressed = (form) => form.querySelector("[aria-pressed=true]")?.dataset.verdict ?? "";

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#transcript [data-verdict]");
  if (!button) return;
  /* A mark that is set is taken back by another press. */
  send(verdictOf(event), button.ariaPressed === "true" ? "" : button.dataset.verdict);
});
document.addEventListener("change", (event) => {
  const form = verdictOf(event);
  if (form && event.target.matches("[type=radio], [type=checkbox]")) send(form, pressed(form));
});
document.addEventListener("submit", (event) => {
  const form = verdictOf(event);
  if (!form) return;
  event.preventDefault();
  send(form, pressed(form));
});

watch("value", () => {
  const paper = document.createElement("template");
  paper.innerHTML = props.value ?? "";
  const fresh = paper.content.querySelector("form.verdict");
  const old = fresh && document.querySelector(`#transcript form.verdict[data-turn="${fresh.dataset.turn}"]`);
  if (!old) return;
  const put = fresh.cloneNode(true);
  /* The words are put in a moment later, so that a screen reader hears them. */
  const told = put.querySelector(".told");
  const words = told.textContent;
  told.textContent = "";
  /* What is being written meanwhile is not lost. */
  const [written, field] = [old, put].map((form) => form.querySelector("[name=note]"));
  if (field && written === document.activeElement) {
    field.value = written.value;
    focused = "[name=note]";
  }
  old.replaceWith(put);
  if (focused) (put.querySelector(`${focused}:checked`) ?? put.querySelector(focused))?.focus();
  put.scrollIntoView({ block: "nearest" }); /* not behind the question field */
  setTimeout(() => (told.textContent = words), 50);
});
