/* Runs with the transcript: notes and further passages are printed whether their folds are open or not, and an open article
   is printed as text of the page, since what a modal dialog shows would be cut to one sheet. */
let opened = [];
let printedPane = null;

addEventListener("beforeprint", () => {
  opened = [...element.querySelectorAll("details:is(.notes, .further):not([open])")];
  for (const fold of opened) fold.open = true;
  printedPane = document.querySelector("#drawer-pane:modal");
  if (!printedPane) return;
  printedPane.close();
  printedPane.show();
});

addEventListener("afterprint", () => {
  for (const fold of opened) fold.open = false;
  opened = [];
  if (!printedPane) return;
  printedPane.close();
  printedPane.showModal();
  printedPane = null;
});
