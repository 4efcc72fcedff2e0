/* Runs when the page's name is there: the document takes its language and its title from it. */
const speak = () => {
  const name = element.querySelector("[data-language]");
  if (!name) return;
  document.documentElement.lang = name.dataset.language;
  document.title = name.dataset.title;
};
speak();
watch("value", speak);
