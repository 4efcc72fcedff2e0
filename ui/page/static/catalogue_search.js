/* Runs after library.js in the same scope: searches the library's panel while the reader types, lists
   more on request, and loads the articles of a publication when it is unfolded. */
let lastSearch = 0;

const search = async (limit) => {
  const current = ++lastSearch;
  const query = element.querySelector("[data-search]")?.value ?? "";
  const parameters = new URLSearchParams({ q: query, limit, lang: document.documentElement.lang });
  const response = await fetch(`library/search?${parameters}`);
  const catalogue = element.querySelector(".catalogue");
  if (current !== lastSearch || !response.ok || !catalogue) return;
  catalogue.innerHTML = await response.text();
  return catalogue;
};

element.addEventListener("input", (event) => {
  if (!event.target.matches("[data-search]")) return;
  const current = ++lastSearch;
  setTimeout(() => current === lastSearch && search(""), 120);
});

element.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-show-more]");
  if (!button) return;
  const listed = Number(button.dataset.showMore);
  const catalogue = await search(listed * 2);
  catalogue?.querySelectorAll(".publication-list .entry-title")[listed]?.focus();
});

/* Esc first clears the search field, then closes the panel. */
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.matches("[data-search]") || !event.target.value) return;
  event.preventDefault();
  event.target.value = "";
  search("");
});

element.addEventListener(
  "toggle",
  async (event) => {
    const fold = event.target;
    if (!fold.open || !fold.dataset?.articles || fold.querySelector("ul")) return;
    const parameters = new URLSearchParams({ publication: fold.dataset.articles });
    const response = await fetch(`library/articles?${parameters}`);
    if (response.ok && !fold.querySelector("ul"))
      fold.insertAdjacentHTML("beforeend", await response.text());
  },
  true,
);
