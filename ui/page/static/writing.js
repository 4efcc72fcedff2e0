/* Runs after inline_forms.js in the same scope: has a paragraph written under an answer, and shows each
   sentence once the server has checked it. All HTML comes from the server. */
const readLines = async function* (response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
};

/* Puts a whole paragraph where the form was, and in place of one that was written before. */
const placeParagraph = (place, html) => {
  const turn = place.closest(".turn");
  const hadFocus = place.contains(document.activeElement);
  place.insertAdjacentHTML("afterend", html);
  const paragraph = place.nextElementSibling;
  for (const earlier of turn.querySelectorAll(`:scope > [data-kind=${paragraph.dataset.kind}]`))
    if (earlier !== paragraph) earlier.remove();
  place.remove();
  if (!hadFocus) return;
  paragraph.focus({ preventScroll: true });
  paragraph.scrollIntoView({ block: "nearest" }); /* not behind the question field */
};

const announceParagraph = (text) => {
  element.querySelector(".live-region").textContent = text;
};

const writeParagraph = async (place, form, body) => {
  const progress = place.querySelector(".writing-progress");
  const failure = place.querySelector(".writing-failure");
  const controller = new AbortController();
  const finish = (html) => {
    progress.hidden = true;
    progress.querySelector(".written-so-far").replaceChildren();
    form.hidden = false;
    failure.innerHTML = html;
    form.querySelector("button").focus();
  };
  form.hidden = true;
  progress.hidden = false;
  failure.replaceChildren();
  const stop = progress.querySelector("[data-stop]");
  stop.onclick = () => controller.abort();
  stop.focus();
  let isEnded = false;
  try {
    const address = `${form.getAttribute("action")}?pane=1&lang=${document.documentElement.lang}`;
    const response = await fetch(address, { method: "POST", body, signal: controller.signal });
    if (!response.headers.get("content-type")?.startsWith("application/x-ndjson")) {
      finish(await response.text());
      return;
    }
    for await (const part of readLines(response)) {
      if (part.html) progress.querySelector(".written-so-far").innerHTML = part.html;
      if (part.html) progress.querySelector("[role=status]").textContent = part.status;
      isEnded = Boolean(part.whole ?? part.failure);
      if (part.failure) finish(part.failure);
      if (part.whole) placeParagraph(place, part.whole);
      if (part.whole) announceParagraph(part.status);
    }
  } catch (error) {
    if (!(error instanceof TypeError) && error.name !== "AbortError") throw error;
  }
  if (!isEnded) finish(place.querySelector(controller.signal.aborted ? ".stopped" : ".lost").innerHTML);
};

element.addEventListener("submit", (event) => {
  const place = event.target.closest(".inline-form");
  if (!place || !event.target.matches(".write")) return;
  event.preventDefault();
  writeParagraph(place, event.target, new URLSearchParams(new FormData(event.target, event.submitter)));
});

/* Whether what is not supported is shown, and whether the visitor has agreed, are kept as the language is. */
const setCookie = (name, value, seconds) => {
  document.cookie = `${name}=${value}; path=/; max-age=${seconds}; samesite=lax`;
};
const leaveOut = (isLeftOut) => element.toggleAttribute("data-leave-out", isLeftOut);
leaveOut(document.cookie.includes("tongzhu_unsupported=left-out"));

element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-toggle-unsupported], [data-withdraw], [data-close-form]");
  if (!button) return;
  if (button.matches("[data-withdraw]")) {
    setCookie("tongzhu_writing", "", 0);
    button.remove();
  } else if (button.matches("[data-close-form]")) {
    closeForm(button.closest(".inline-form"));
  } else {
    const isLeftOut = !element.hasAttribute("data-leave-out");
    leaveOut(isLeftOut);
    setCookie("tongzhu_unsupported", isLeftOut ? "left-out" : "", isLeftOut ? 31536000 : 0);
  }
});
