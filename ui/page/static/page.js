/* Runs when the page's transcript is there: `element` is it. */
const opened = new Set();
let seen = 0;

element.setAttribute("role", "log");
element.setAttribute("aria-live", "off"); /* latest.js says what is new */

/* The sentence leads to its passage, and the passage into its article. */
element.addEventListener("click", (event) => {
  const lead = event.target.closest("a.to-citation");
  const read = event.target.closest("a.read");
  if (event.ctrlKey || event.metaKey || event.shiftKey || !(lead || read)) return;
  event.preventDefault();
  if (lead) {
    const citation = document.getElementById(lead.hash.slice(1));
    citation.scrollIntoView({ block: "start" });
    citation.focus({ preventScroll: true });
  } else {
    const asked = new URL(read.href).searchParams;
    const [passage, mark] = [asked.get("passage"), asked.get("mark")];
    const pane = document.getElementById("drawer-pane");
    /* What is there already does not arrive again. */
    if (pane?.dataset.passage === passage && pane.dataset.mark === mark)
      pane.dispatchEvent(new Event("again", { bubbles: true }));
    trigger("select", { passage, mark });
  }
});

/* Keys: / goes to the question; up and down, from citation to citation, Enter opens the article. */
const writes = (target) => target.closest?.("input, textarea, select, [contenteditable]");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const field = document.querySelector("#question textarea");
  const from = event.target;
  if (event.key === "/" && !writes(from)) {
    event.preventDefault();
    field.focus();
  } else if (event.key === "Escape" && from === field) {
    field.blur();
  } else if (event.key === "Enter" && from.matches?.(".citation")) {
    event.preventDefault();
    from.querySelector("a.read").click();
  } else if (/^Arrow(Up|Down)$/.test(event.key) && (!writes(from) || (from === field && !field.value))) {
    const all = [...element.querySelectorAll(".citation")].filter((each) => each.checkVisibility());
    if (!all.length) return;
    const now = all.indexOf(from.closest?.(".citation"));
    const first = all.indexOf(element.querySelector(".turn:last-of-type .citation"));
    const next = now < 0 ? Math.max(first, 0) : now + (event.key === "ArrowDown" ? 1 : -1);
    if (!all[next]) return;
    event.preventDefault();
    all[next].focus({ preventScroll: true });
    all[next].scrollIntoView({ block: "start" });
  }
});

/* Copying, anywhere on the page: it is said aloud, and the button shows it for a moment. */
const copy = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea"); /* a page served without https has no other way */
  field.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
};
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-link]");
  if (!button) return;
  await copy(button.dataset.copy ?? location.href);
  const said = (button.closest("dialog") ?? element).querySelector(".announced");
  said.textContent = "";
  said.textContent = said.dataset.copied;
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1500);
});

/* The transcript is drawn anew with every conversation; what a reader had opened stays open. */
element.addEventListener(
  "toggle",
  (event) => {
    if (event.target.open) opened.add(event.target.id);
    else opened.delete(event.target.id);
  },
  true,
);

new MutationObserver(() => {
  for (const id of opened) {
    const fold = document.getElementById(id);
    if (fold) fold.open = true;
  }
  const turns = element.querySelectorAll(".turn");
  if (turns.length > seen) turns[turns.length - 1].scrollIntoView({ block: "start" });
  seen = turns.length;
}).observe(element, { childList: true, subtree: true });
