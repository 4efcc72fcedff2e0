/* Runs with the pane that shows an article or a work: fetches the page to read, and follows the links in
   it. The page's address names what is open; the browser's Back closes it. */
const dialog = () => element.querySelector("dialog");
const body = () => element.querySelector(".pane-body");
const beside = matchMedia("(min-width: 75rem)");
const base = new URL("./", location); /* also below the path of a proxy */
let shown = ""; /* the address of what the pane shows, relative to the page */
let lastLoad = 0;
let opener = null; /* what has the focus again once the pane is closed */

const nameInAddress = () => {
  const { searchParams } = new URL(location);
  const passage = searchParams.get("passage"); /* as addresses of earlier releases have it */
  if (!passage) return searchParams.get("open") ?? "";
  return `passages/${encodeURIComponent(passage)}?mark=${encodeURIComponent(searchParams.get("mark") ?? "")}`;
};
const buildAddress = (name) => {
  const address = new URL(location);
  for (const key of ["passage", "mark", "open"]) address.searchParams.delete(key);
  if (name) address.searchParams.set("open", name);
  return address;
};
/* The address of a page to read, relative to this page; "" for any other one. */
const readName = (href) => {
  const address = new URL(href, base);
  if (address.origin !== base.origin || !address.pathname.startsWith(base.pathname)) return "";
  const name = address.pathname.slice(base.pathname.length) + address.search + address.hash;
  return /^(read|works|passages)\b(?!.*\.png)/.test(name) ? name : "";
};

const find = (hash) =>
  hash ? body().querySelector(`[id="${CSS.escape(decodeURIComponent(hash.slice(1)))}"]`) : null;
const show = (target) => {
  target.scrollIntoView({ block: target.matches(".margin-note") ? "nearest" : "center" });
  target.focus({ preventScroll: true });
};
const passage = () => body().querySelector(".cited mark, .cited");

const openDialog = () => {
  const pane = dialog();
  if (pane.open && pane.matches(":modal") === !beside.matches) return;
  if (pane.open) pane.close();
  else opener = document.activeElement;
  if (beside.matches) pane.show();
  else pane.showModal();
};

const load = async (name) => {
  const current = ++lastLoad;
  const address = new URL(name, base);
  address.searchParams.set("pane", "yes");
  address.searchParams.set("lang", document.documentElement.lang);
  const response = await fetch(address).catch(() => null);
  const html = (await response?.text().catch(() => null)) ?? "";
  if (current !== lastLoad || !dialog()) return;
  shown = name;
  dialog().querySelector(":scope > .error-text").hidden = Boolean(html);
  body().innerHTML = html;
  dialog().querySelector("[data-to-passage]").hidden = !passage();
  dialog().querySelector("[data-open-page]").href = name;
  openDialog();
  dialog().scrollTop = 0;
  const target = find(new URL(name, base).hash);
  if (target?.matches(".margin-note")) target.classList.add("open");
  if (passage() && !target?.matches(".margin-note")) passage().scrollIntoView({ block: "center" });
  else if (target) show(target);
  body().focus({ preventScroll: true });
  loadPart(body().querySelector("[data-load]"));
};

/* What would make an article wait is fetched once it is shown. */
const loadPart = async (part) => {
  if (!part) return;
  const address = new URL(part.dataset.load, base);
  address.searchParams.set("pane", "yes");
  const response = await fetch(address).catch(() => null);
  if (response?.ok) part.insertAdjacentHTML("beforeend", await response.text());
};

const open = (name) => {
  const address = buildAddress(name);
  const depth = (history.state?.pane ?? 0) + 1; /* pages opened one after the other */
  if (address.href !== location.href) history.pushState({ pane: depth }, "", address);
  load(name);
};
const clearAddress = () => {
  if (dialog()?.open !== false) return; /* it was closed only to be opened in the other way */
  shown = "";
  /* What the reader has focused since then keeps the focus. */
  const { activeElement } = document;
  const isFocusFree = !activeElement || activeElement === document.body || dialog().contains(activeElement);
  if (isFocusFree && opener?.isConnected) opener.focus({ preventScroll: true });
  if (!nameInAddress()) return;
  if (history.state?.pane) history.go(-history.state.pane);
  else history.replaceState(history.state, "", buildAddress());
};
element.addEventListener("close", clearAddress, true);
const restore = () => {
  const name = nameInAddress();
  if (!dialog()) return;
  if (!name) dialog().close();
  else if (name !== shown || !dialog().open) load(name);
};
watch("value", () => {
  shown = "";
  restore();
});
restore();
addEventListener("popstate", restore);
beside.addEventListener("change", () => dialog()?.open && openDialog());

/* Links to what can be read open it in the pane, wherever on the page they stand. */
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (link.target || link.matches("[data-open-page]")) return;
  const isOwn = body()?.contains(link);
  if (isOwn && link.getAttribute("href").startsWith("#")) {
    event.preventDefault();
    const target = find(link.hash);
    if (!target) return;
    if (target.matches(".margin-note") && target.classList.toggle("open") && !target.checkVisibility()) return;
    show(target);
    return;
  }
  const name = readName(link.href);
  if (!name) return;
  event.preventDefault();
  link.closest("dialog.drawer:not(.pane)")?.close();
  open(name);
});
element.addEventListener("submit", (event) => {
  const address = new URL(event.target.getAttribute("action"), base);
  for (const [key, value] of new FormData(event.target)) address.searchParams.set(key, value);
  const name = readName(address.href);
  if (!name) return;
  event.preventDefault();
  open(name);
});
element.addEventListener("click", (event) => {
  if (event.target.closest("[data-to-passage]")) passage()?.scrollIntoView({ block: "center" });
});

/* Esc closes a note before the pane; beside an answer the pane is no modal dialog, which Esc would
   close by itself. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !dialog()?.open) return;
  const note = event.target.closest?.(".margin-note.open");
  if (note && element.contains(note)) {
    event.preventDefault();
    note.classList.remove("open");
    body().querySelector(`a.note-mark[href="#${CSS.escape(encodeURIComponent(note.id))}"]`)?.focus();
  } else if (!dialog().matches(":modal") && !document.querySelector("dialog:modal, .side-note:focus-within")) {
    dialog().close();
  }
});
