/* Marks of notes in copied text are raised figures in plain text too, not figures of the text itself. */
const SUPERSCRIPT_FIGURES = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const formatCopiedMark = (number) =>
  /^[0-9]+$/.test(number) ? [...number].map((figure) => SUPERSCRIPT_FIGURES[figure]).join("") : `[${number}]`;

document.addEventListener("copy", (event) => {
  const selection = document.getSelection();
  if (event.target.closest?.("input, textarea") || !selection.rangeCount || selection.isCollapsed) return;
  const range = selection.getRangeAt(0);
  const root = range.commonAncestorContainer;
  if (root.nodeType !== Node.ELEMENT_NODE) return;
  const marks = [...root.querySelectorAll("sup")].filter((mark) => selection.containsNode(mark));
  if (!marks.length) return;
  const html = document.createElement("div");
  html.append(range.cloneContents());
  for (const link of html.querySelectorAll("sup a")) link.replaceWith(link.textContent);
  /* The text as the browser lays it out is that of the page: its marks are raised while it is taken. */
  const texts = marks.map((mark) => mark.querySelector("a")?.firstChild ?? mark.firstChild);
  const numbers = texts.map((text) => text.data);
  texts.forEach((text, index) => (text.data = formatCopiedMark(numbers[index])));
  event.clipboardData.setData("text/plain", selection.toString());
  texts.forEach((text, index) => (text.data = numbers[index]));
  event.clipboardData.setData("text/html", html.innerHTML);
  event.preventDefault();
});
