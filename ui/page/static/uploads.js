/* Runs after library.js in the same scope: adds files to the library, removes publications from it,
   and shows the progress. The server renders what is shown, in the reader's language. */
const panel = () => element.querySelector(".upload-panel");
const statusArea = () => panel()?.querySelector(".change-status");
const languageQuery = () => `lang=${document.documentElement.lang}`;
let panelOpen = false;
let lastPolling = 0;
let activeUpload = null;
let isReporting = false;

const announce = (text) => {
  const liveRegion = panel().querySelector(".live-region");
  if (text && liveRegion.textContent !== text) liveRegion.textContent = text;
};

/* Names a fold by its file and its label, without the count. */
const nameFold = (fold) => [fold.closest("li")?.firstElementChild, fold.firstElementChild.firstChild].map((node) => node?.textContent).join("\n");

/* Shows the server's HTML; folds that were opened or closed, and the focus, stay so. */
const showStatus = (html) => {
  const area = statusArea();
  if (!area) return "";
  const openFolds = new Map([...area.querySelectorAll("details")].map((fold) => [nameFold(fold), fold.open]));
  const focused = area.contains(document.activeElement) && document.activeElement.dataset.change;
  area.innerHTML = html;
  area.querySelectorAll("details").forEach((fold) => (fold.open = openFolds.get(nameFold(fold)) ?? fold.open));
  const state = area.querySelector("[data-state]")?.dataset.state ?? "";
  const message = area.querySelector("[data-announce]");
  announce(message?.textContent);
  if (focused)
    (
      area.querySelector(`[data-change=${focused}]`) ??
      message ??
      panel().querySelector("[data-choose-files]")
    ).focus();
  panel().classList.toggle("busy", state === "running");
  return state;
};

const callServer = async (path, method = "POST") => {
  try {
    const response = await fetch(`${path}${path.includes("?") ? "&" : "?"}${languageQuery()}`, { method });
    return await response.text();
  } catch {
    return null;
  }
};

const buildLine = (text, className) => {
  const line = document.createElement("p");
  line.className = className;
  line.dataset.announce = "";
  line.textContent = text;
  return line.outerHTML;
};

/* Polls until the change is finished; then the page loads the changed library. */
const poll = async () => {
  const current = ++lastPolling;
  let previous = "";
  for (;;) {
    const html = await callServer("library/change", "GET");
    if (current !== lastPolling || !panel()) return;
    if (html !== null) {
      const state = showStatus(html);
      if (state !== "running") {
        if (previous === "running") {
          isReporting = true;
          trigger("upload");
        }
        if (isReporting && panelOpen) statusArea().querySelector("[data-announce]")?.focus();
        return;
      }
      previous = state;
    }
    await new Promise((resolve) => setTimeout(resolve, 350));
  }
};

const startPolling = (html) => {
  isReporting = false;
  if (showStatus(html) === "running") poll();
};

const send = (files) => {
  const { dataset, classList } = panel();
  if (!files.length || activeUpload || classList.contains("busy")) return;
  const bytes = [...files].reduce((sum, file) => sum + file.size, 0);
  const refuse = (text) => void showStatus(buildLine(text, "error-text"));
  if (files.length > Number(dataset.maxFiles)) return refuse(dataset.tooMany);
  if (bytes > Number(dataset.maxBytes)) return refuse(dataset.tooLarge);
  const form = new FormData();
  for (const file of files) form.append("file", file);
  activeUpload = new XMLHttpRequest();
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", dataset.sending);
  bar.max = 1;
  const stop = document.createElement("button");
  stop.type = "button";
  stop.className = "text-button";
  stop.textContent = dataset.cancel;
  stop.addEventListener("click", () => activeUpload?.abort());
  showStatus(buildLine(dataset.sending, "stage"));
  statusArea().append(bar, stop);
  classList.add("busy");
  const finish = (html) => {
    activeUpload = null;
    classList.remove("busy");
    startPolling(html);
  };
  activeUpload.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  });
  activeUpload.addEventListener("load", (event) => finish(event.target.responseText));
  activeUpload.addEventListener("error", () => finish(buildLine(dataset.connectionLost, "error-text")));
  activeUpload.addEventListener("abort", () => finish(""));
  activeUpload.open("POST", `library/files?${languageQuery()}`);
  activeUpload.send(form);
};

element.addEventListener("change", (event) => {
  if (event.target.type !== "file") return;
  send([...event.target.files]);
  event.target.value = "";
});

element.addEventListener("click", async (event) => {
  const clicked = (selector) => event.target.closest(selector);
  const change = clicked("[data-change]");
  const remove = clicked("[data-remove]");
  const dialog = element.querySelector("#removal-dialog");
  if (clicked("[data-choose-files]")) panel().querySelector("input[type=file]").click();
  else if (change) showStatus((await callServer(`library/change/${change.dataset.change}`)) ?? "");
  else if (remove) {
    dialog.querySelector(".name").textContent = remove.dataset.name;
    dialog.dataset.id = remove.dataset.remove;
    dialog.showModal();
    dialog.querySelector("[data-keep]").focus();
  } else if (clicked("[data-keep]") || event.target === dialog) dialog.close();
  else if (clicked("[data-confirm]")) {
    dialog.close();
    panel().querySelector("[data-choose-files]").focus();
    const path = `library/remove?publication=${encodeURIComponent(dialog.dataset.id)}`;
    startPolling((await callServer(path)) ?? buildLine(panel().dataset.connectionLost, "error-text"));
    panel().scrollIntoView({ block: "nearest" });
  }
});

/* Files can be dropped anywhere on the panel; elsewhere on the page the browser would open them. */
const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
for (const name of ["dragover", "dragleave", "drop"])
  document.addEventListener(name, (event) => {
    if (!hasFiles(event) || !panel()) return;
    event.preventDefault();
    const isOverPanel = element.contains(event.target);
    panel().classList.toggle("drag-over", isOverPanel && name === "dragover");
    if (isOverPanel && name === "drop") send([...event.dataTransfer.files]);
  });

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-open-upload]")) return;
  element.querySelector("dialog").showModal();
  panel().querySelector("[data-choose-files]").focus();
});

/* The panel is replaced when the library has changed: it stays open, and shows the report. */
element.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches("dialog.drawer")) panelOpen = event.target.open;
  },
  true,
);
const restorePanel = () => {
  if (!panel()) return;
  const dialog = element.querySelector("dialog.drawer");
  if (panelOpen && !dialog.open) {
    dialog.showModal();
    if (!isReporting) panel().querySelector("[data-choose-files]").focus();
  }
  poll();
};
restorePanel();
watch("value", restorePanel);
