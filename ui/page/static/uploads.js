/* Runs with library.js: files go into the library and publications out of it, and it shows how far
   that is. What is shown comes from the server, set in the reader's language. */
const section = () => element.querySelector(".adding");
const shown = () => section()?.querySelector(".shown");
const speaks = () => `lang=${document.documentElement.lang}`;
let panelOpen = false;
let following = 0;
let sending = null;
let reporting = false;

const tell = (text) => {
  const told = section().querySelector(".announced");
  if (text && told.textContent !== text) told.textContent = text;
};

/* Puts what the server says into its place; what a reader unfolded, and the focus, stay. */
const show = (html) => {
  const place = shown();
  if (!place) return "";
  const open = [...place.querySelectorAll("details")].map((fold) => fold.open);
  const focused = place.contains(document.activeElement) && document.activeElement.dataset.change;
  place.innerHTML = html;
  place.querySelectorAll("details").forEach((fold, at) => (fold.open = open[at] ?? false));
  const state = place.querySelector("[data-state]")?.dataset.state ?? "";
  const said = place.querySelector("[data-said]");
  tell(said?.textContent);
  if (focused) (place.querySelector(`[data-change=${focused}]`) ?? said ?? section().querySelector("[data-choose]")).focus();
  section().classList.toggle("busy", state === "going");
  return state;
};

const call = async (path, method = "POST") => {
  try {
    const reply = await fetch(`${path}${path.includes("?") ? "&" : "?"}${speaks()}`, { method });
    return await reply.text();
  } catch {
    return null;
  }
};

const plain = (text, kind) => {
  const line = document.createElement("p");
  line.className = kind;
  line.dataset.said = "";
  line.textContent = text;
  return line.outerHTML;
};

/* Asks again and again until the change is done; then the page takes up the library as it is. */
const follow = async () => {
  const mine = ++following;
  let was = "";
  for (;;) {
    const html = await call("library/change", "GET");
    if (mine !== following || !section()) return;
    if (html !== null) {
      const now = show(html);
      if (now !== "going") {
        if (was === "going") {
          reporting = true;
          trigger("upload");
        }
        if (reporting && panelOpen) shown().querySelector("[data-said]")?.focus();
        return;
      }
      was = now;
    }
    await new Promise((after) => setTimeout(after, 350));
  }
};

const begun = (html) => {
  reporting = false;
  if (show(html) === "going") follow();
};

const send = (files) => {
  const at = section();
  if (!files.length || sending || at.classList.contains("busy")) return;
  const bytes = [...files].reduce((sum, file) => sum + file.size, 0);
  if (files.length > Number(at.dataset.most)) return void show(plain(at.dataset.many, "trouble"));
  if (bytes > Number(at.dataset.bytes)) return void show(plain(at.dataset.large, "trouble"));
  const form = new FormData();
  for (const file of files) form.append("file", file);
  sending = new XMLHttpRequest();
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", at.dataset.sending);
  bar.max = 1;
  const stop = document.createElement("button");
  stop.type = "button";
  stop.className = "plain";
  stop.textContent = at.dataset.cancel;
  stop.addEventListener("click", () => sending?.abort());
  show(plain(at.dataset.sending, "stage"));
  shown().append(bar, stop);
  at.classList.add("busy");
  const over = (html) => {
    sending = null;
    at.classList.remove("busy");
    begun(html);
  };
  sending.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  });
  sending.addEventListener("load", (event) => over(event.target.responseText));
  sending.addEventListener("error", () => over(plain(at.dataset.broken, "trouble")));
  sending.addEventListener("abort", () => over(""));
  sending.open("POST", `library/files?${speaks()}`);
  sending.send(form);
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
  const asking = element.querySelector("#removing");
  if (clicked("[data-choose]")) section().querySelector("input[type=file]").click();
  else if (change) show((await call(`library/change/${change.dataset.change}`)) ?? "");
  else if (remove) {
    asking.querySelector(".name").textContent = remove.dataset.name;
    asking.dataset.id = remove.dataset.remove;
    asking.showModal();
    asking.querySelector("[data-keep]").focus();
  } else if (clicked("[data-keep]") || event.target === asking) asking.close();
  else if (clicked("[data-sure]")) {
    asking.close();
    section().querySelector("[data-choose]").focus();
    const path = `library/remove?publication=${encodeURIComponent(asking.dataset.id)}`;
    begun((await call(path)) ?? plain(section().dataset.broken, "trouble"));
    section().scrollIntoView({ block: "nearest" });
  }
});

/* Files may be dropped anywhere on the panel, and nowhere else on the page do they open. */
const carries = (event) => event.dataTransfer?.types.includes("Files");
for (const name of ["dragover", "dragleave", "drop"])
  document.addEventListener(name, (event) => {
    if (!carries(event) || !section()) return;
    event.preventDefault();
    const over = element.contains(event.target);
    section().classList.toggle("over", over && name === "dragover");
    if (over && name === "drop") send([...event.dataTransfer.files]);
  });

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-add]")) return;
  element.querySelector("dialog").showModal();
  section().querySelector("[data-choose]").focus();
});

/* The panel is drawn anew when the library has changed: it stays open, and says what came of it. */
element.addEventListener(
  "toggle",
  (event) => {
    if (event.target.matches("dialog.drawer")) panelOpen = event.target.open;
  },
  true,
);
const taken = () => {
  if (!section()) return;
  const dialog = element.querySelector("dialog.drawer");
  if (panelOpen && !dialog.open) {
    dialog.showModal();
    if (!reporting) section().querySelector("[data-choose]").focus();
  }
  follow();
};
taken();
watch("value", taken);
