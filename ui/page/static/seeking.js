/* Runs with library.js: the panel shows what is looked for as one types, and more of it when asked;
   the articles of a publication come when it is unfolded. */
let sought = 0;

const seek = async (most) => {
  const mine = ++sought;
  const query = element.querySelector("[data-seek]")?.value ?? "";
  const asked = new URLSearchParams({ q: query, most, lang: document.documentElement.lang });
  const reply = await fetch(`library/found?${asked}`);
  const place = element.querySelector(".shelved");
  if (mine !== sought || !reply.ok || !place) return;
  place.innerHTML = await reply.text();
  return place;
};

element.addEventListener("input", (event) => {
  if (!event.target.matches("[data-seek]")) return;
  const mine = ++sought;
  setTimeout(() => mine === sought && seek(""), 120);
});

element.addEventListener("click", async (event) => {
  const more = event.target.closest("[data-more]");
  if (!more) return;
  const had = Number(more.dataset.more);
  const place = await seek(had * 2);
  place?.querySelectorAll(".shelves .open")[had]?.focus();
});

/* Esc first takes back what is looked for, then closes the panel. */
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.matches("[data-seek]") || !event.target.value) return;
  event.preventDefault();
  event.target.value = "";
  seek("");
});

element.addEventListener(
  "toggle",
  async (event) => {
    const fold = event.target;
    if (!fold.open || !fold.dataset?.articles || fold.querySelector("ul")) return;
    const asked = new URLSearchParams({ publication: fold.dataset.articles });
    const reply = await fetch(`library/articles?${asked}`);
    if (reply.ok && !fold.querySelector("ul")) fold.insertAdjacentHTML("beforeend", await reply.text());
  },
  true,
);
