/* Runs after transcript.js in the same scope: links that open a form in place, to save a passage or to
   share an answer. Without this script they lead to a page of their own. */
const loadForm = async (place, address, options) => {
  const [path, query] = address.split("?");
  const parameters = new URLSearchParams(query);
  parameters.set("pane", "1");
  parameters.set("lang", document.documentElement.lang);
  const response = await fetch(`${path}?${parameters}`, options);
  if (!response.headers.get("content-type")?.startsWith("text/html")) return;
  place.innerHTML = await response.text();
  place.querySelector(":is(input:not([type=hidden]), select, textarea, button, [tabindex])")?.focus();
};

element.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-form]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const row = link.closest(".actions");
  const openPlace = row.nextElementSibling;
  if (openPlace?.matches(".inline-form")) return openPlace.remove();
  const place = document.createElement("div");
  place.className = "inline-form";
  row.after(place);
  loadForm(place, link.getAttribute("href"));
});

element.addEventListener("submit", (event) => {
  const place = event.target.closest(".inline-form");
  if (!place) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(event.target, event.submitter));
  loadForm(place, event.target.getAttribute("action"), { method: "POST", body });
});

/* Esc closes the form and leads back to its link. */
element.addEventListener("keydown", (event) => {
  const place = event.target.closest(".inline-form");
  if (event.key !== "Escape" || !place) return;
  event.preventDefault();
  const link = place.previousElementSibling.querySelector("a[data-form]");
  place.remove();
  link.focus();
});
