/* Runs after conversation_list.js in the same scope: searches the conversations while the reader types. */
let lastHistorySearch = 0;

const searchHistory = async () => {
  const current = ++lastHistorySearch;
  const field = element.querySelector("[data-history-search]");
  const body = new URLSearchParams({ q: field?.value ?? "", c: dialog()?.dataset.current ?? "" });
  const language = document.documentElement.lang;
  const response = await fetch(`conversations/search?lang=${language}`, { method: "POST", body });
  const entries = element.querySelector(".history-entries");
  if (current === lastHistorySearch && response.ok && entries) entries.innerHTML = await response.text();
};

element.addEventListener("input", (event) => {
  if (!event.target.matches("[data-history-search]")) return;
  const current = ++lastHistorySearch;
  setTimeout(() => current === lastHistorySearch && searchHistory(), 120);
});

/* Esc first clears the field, then closes the drawer. */
element.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !event.target.matches("[data-history-search]") || !event.target.value) return;
  event.preventDefault();
  event.target.value = "";
  searchHistory();
});
