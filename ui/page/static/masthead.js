/* Runs when the head of the page is there: the document takes its language and its title from it. */
const speak = () => {
  const name = element.querySelector("[data-language]");
  if (!name) return;
  document.documentElement.lang = name.dataset.language;
  document.title = name.dataset.title;
};
speak();
watch("value", speak);

/* The language of the page is remembered once a reader has chosen it. */
document.addEventListener("click", (event) => {
  if (!event.target.closest("#switch")) return;
  const other = document.documentElement.lang === "en" ? "zh" : "en";
  document.cookie = `tongzhu_language=${other}; path=/; max-age=31536000; samesite=lax`;
  const address = new URL(location);
  address.searchParams.delete("lang"); /* or it would win over the choice */
  history.replaceState(null, "", address);
});

element.addEventListener("click", (event) => {
  const drawer = event.target.closest("[data-drawer]");
  if (drawer) document.getElementById(`drawer-${drawer.dataset.drawer}`)?.showModal();
  if (event.target.closest("[data-new]")) trigger("clear");
});

/* A click on the dark beside a drawer closes it. */
document.addEventListener("click", (event) => {
  if (event.target.matches("dialog.drawer") || event.target.closest("[data-close]"))
    event.target.closest("dialog").close();
});
