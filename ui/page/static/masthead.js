/* Runs with the masthead: sets the language and the title of the document. */
const setLanguage = () => {
  const heading = element.querySelector("[data-language]");
  if (!heading) return;
  document.documentElement.lang = heading.dataset.language;
  document.title = heading.dataset.title;
};
setLanguage();
watch("value", setLanguage);

/* A language that a reader chose is remembered. */
element.addEventListener("change", (event) => {
  if (!event.target.matches(".language-choice")) return;
  const language = event.target.value;
  document.cookie = `tongzhu_language=${language}; path=/; max-age=31536000; samesite=lax`;
  const address = new URL(location);
  address.searchParams.delete("lang"); /* it would override the choice */
  history.replaceState(null, "", address);
  trigger("select", { language });
});

element.addEventListener("click", (event) => {
  const drawer = event.target.closest("[data-drawer]");
  if (drawer) document.getElementById(`drawer-${drawer.dataset.drawer}`)?.showModal();
  if (event.target.closest("[data-new]")) trigger("clear");
});

/* A click on the backdrop of a drawer closes it. */
document.addEventListener("click", (event) => {
  if (event.target.matches("dialog.drawer") || event.target.closest("[data-close]"))
    event.target.closest("dialog").close();
});
