/* Shows the picture of a printed page in its place: under the paragraph that its number stands in, until
   the number is pressed again. Without a script, and with Ctrl, it opens by itself. */
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".reader a.page-mark[href]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const place = link.closest(".block, h1, h2");
  const open = place.nextElementSibling?.matches(".page-picture") ? place.nextElementSibling : null;
  const isSame = open?.dataset.of === link.href;
  open?.remove();
  for (const other of place.querySelectorAll("a.page-mark[aria-expanded]")) other.ariaExpanded = "false";
  if (isSame) return;
  link.ariaExpanded = "true";
  const figure = document.createElement("figure");
  figure.className = "page-picture";
  figure.dataset.of = link.href;
  const picture = document.createElement("img");
  picture.alt = link.dataset.alt;
  picture.addEventListener("load", () => figure.classList.add("loaded"));
  picture.addEventListener("error", () => {
    figure.classList.add("loaded");
    figure.textContent = link.closest(".reading").dataset.noPicture;
    figure.setAttribute("role", "status");
  });
  picture.src = link.href;
  figure.append(picture);
  place.after(figure);
});
