/* Runs after transcript.js in the same scope: links that open a form in place, to save a passage, to
   export or to share an answer. Without this script they lead to a page of their own. */
const loadForm = async (place, address, options) => {
  const [path, query] = address.split("?");
  const parameters = new URLSearchParams(query);
  parameters.set("pane", "1");
  parameters.set("lang", document.documentElement.lang);
  const response = await fetch(`${path}?${parameters}`, options);
  if (!response.headers.get("content-type")?.startsWith("text/html")) return;
  place.innerHTML = await response.text();
  place.querySelector(":is(input:not([type=hidden]), select, textarea, button, a, [tabindex])")?.focus();
  place.querySelector("form[data-submit]")?.requestSubmit();
};

/* Closes a form, and leads back to its link. */
const closeForm = (place) => {
  const links = [...place.previousElementSibling.querySelectorAll("a[data-form]")];
  const link = links.find((link) => link.getAttribute("href") === place.dataset.address);
  place.remove();
  link.focus();
};

element.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-form]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const row = link.closest(".actions");
  const address = link.getAttribute("href");
  const openPlace = row.nextElementSibling?.matches(".inline-form") ? row.nextElementSibling : null;
  openPlace?.remove();
  if (openPlace?.dataset.address === address) return;
  const place = document.createElement("div");
  place.className = "inline-form";
  place.dataset.address = address;
  row.after(place);
  await loadForm(place, address);
  /* The title of a file with a whole answer is its question, which stands in no address. */
  const title = place.querySelector("[name=title]");
  const turn = row.parentElement;
  if (title && turn.matches(".turn")) title.value = turn.querySelector(".question").textContent;
});

element.addEventListener("submit", (event) => {
  const place = event.target.closest(".inline-form");
  if (!place || !event.target.matches(".keep:not(.write)")) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(event.target, event.submitter));
  loadForm(place, event.target.getAttribute("action"), { method: "POST", body });
});

element.addEventListener("keydown", (event) => {
  const place = event.target.closest(".inline-form");
  if (event.key !== "Escape" || !place) return;
  event.preventDefault();
  closeForm(place);
});
