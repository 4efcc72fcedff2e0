/* Runs with the transcript of the conversation. */
const openFolds = new Set();
let turnCount = 0;

element.setAttribute("role", "log");
element.setAttribute("aria-live", "off"); /* latest_turn.js announces what is new */

/* The answering sentence links to its passage. */
element.addEventListener("click", (event) => {
  const toCitation = event.target.closest("a.to-citation");
  if (event.ctrlKey || event.metaKey || event.shiftKey || !toCitation) return;
  event.preventDefault();
  const citation = document.getElementById(toCitation.hash.slice(1));
  const fold = citation.querySelector("details.further");
  if (fold) fold.open = true;
  citation.scrollIntoView({ block: "start" });
  citation.focus({ preventScroll: true });
});

/* A picture that does not come leaves its reason; error events do not bubble. */
element.addEventListener(
  "error",
  (event) => {
    const fold = event.target.closest(".printed-page");
    if (!fold) return;
    fold.querySelector("a").hidden = true;
    fold.querySelector(".error-text").hidden = false;
  },
  true,
);

/* Keys: / focuses the question; up and down go from citation to citation, Enter opens the article. */
const isTextField = (target) => target.closest?.("input, textarea, select, [contenteditable]");
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog:modal")) return;
  const field = document.querySelector("#question textarea");
  const target = event.target;
  if (event.key === "/" && !isTextField(target)) {
    event.preventDefault();
    field.focus();
  } else if (event.key === "Escape" && target === field) {
    field.blur();
  } else if (event.key === "Enter" && target.matches?.(".citation")) {
    event.preventDefault();
    target.querySelector("a.to-article").click();
  } else if (/^Arrow(Up|Down)$/.test(event.key) && (!isTextField(target) || (target === field && !field.value))) {
    const citations = [...element.querySelectorAll(".citation")].filter((citation) => citation.checkVisibility());
    if (!citations.length) return;
    const current = citations.indexOf(target.closest?.(".citation"));
    const first = citations.indexOf(element.querySelector(".turn:last-of-type .citation"));
    const next = current < 0 ? Math.max(first, 0) : current + (event.key === "ArrowDown" ? 1 : -1);
    if (!citations[next]) return;
    event.preventDefault();
    citations[next].focus({ preventScroll: true });
    citations[next].scrollIntoView({ block: "start" });
  }
});

/* Copying, anywhere on the page: it is announced, and the button shows it for a moment. */
const copy = async (text) => {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea"); /* a page served without https has no other way */
  field.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
};
/* The address of what the pane shows, by itself. */
const buildSharedAddress = () => document.querySelector("#drawer-pane [data-open-page]").href;
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-link]");
  if (!button) return;
  const supported = button.closest("[data-leave-out]") && button.dataset.copySupported;
  await copy(supported || (button.dataset.copy ?? buildSharedAddress()));
  const liveRegion = (button.closest("dialog") ?? element).querySelector(".live-region");
  liveRegion.textContent = "";
  liveRegion.textContent = liveRegion.dataset.copied;
  button.classList.add("copied");
  setTimeout(() => button.classList.remove("copied"), 1500);
});

/* The transcript is replaced with every conversation; folds that a reader opened stay open. */
element.addEventListener(
  "toggle",
  (event) => {
    if (event.target.open) openFolds.add(event.target.id);
    else openFolds.delete(event.target.id);
  },
  true,
);

new MutationObserver(() => {
  for (const id of openFolds) {
    const fold = document.getElementById(id);
    if (fold) fold.open = true;
  }
  const turns = element.querySelectorAll(".turn");
  if (turns.length > turnCount) turns[turns.length - 1].scrollIntoView({ block: "start" });
  turnCount = turns.length;
}).observe(element, { childList: true, subtree: true });
