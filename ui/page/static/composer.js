/* Runs with the line over the question field: keeps what is typed, sends one question at a time, and
   waits for a server that is away. What is kept lasts as long as the tab, through reloads. */
const RETRY_AFTER = 2000; /* milliseconds */
const MAX_RELOADS = 3; /* a minute */
const field = () => document.querySelector("#question textarea");
const read = (name) => {
  try {
    return sessionStorage.getItem(`tongzhu_${name}`) ?? "";
  } catch {
    return ""; /* a browser that keeps nothing */
  }
};
const write = (name, value) => {
  try {
    if (value) sessionStorage.setItem(`tongzhu_${name}`, value);
    else sessionStorage.removeItem(`tongzhu_${name}`);
  } catch {}
};
/* The question that the server has not confirmed yet. Its key tells the server a repetition. */
let sending = JSON.parse(read("sending") || "null");
let isAway = false;
const setSending = (question) => {
  sending = question;
  write("sending", question && JSON.stringify(question));
};
/* Whether the question in the field is asked as soon as the one before it is answered. */
const isWaiting = () => read("waiting") !== "";
const setWaiting = (value) => write("waiting", value ? "yes" : "");

const showLine = (name) => {
  const line = element.querySelector(".composer-line");
  if (!line) return;
  line.textContent = name ? line.dataset[name] : "";
  line.hidden = !name;
};
const setField = (text) => {
  Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field(), text);
  field().dispatchEvent(new Event("input", { bubbles: true }));
};
const isFiltering = () => document.body.dataset.filtering !== undefined;
const isBusy = () =>
  sending !== null || isFiltering() || document.querySelector("#transcript .searching") !== null;

const transmit = () => trigger("submit", sending);
const send = (question) => {
  const random = crypto.getRandomValues(new Uint32Array(4));
  setSending({ key: [...random].map((number) => number.toString(36)).join("-"), question });
  setField("");
  transmit();
};
const submit = () => {
  if (!field()?.value.trim()) return;
  if (!isBusy() && !isAway) return send(field().value);
  setWaiting(true);
  if (!isAway && !isFiltering()) showLine("waiting");
};

/* On its way down, before the field sees it: the framework would drop a question while another one is
   on its way. */
document.addEventListener(
  "keydown",
  (event) => {
    if (event.target !== field() || event.key !== "Enter" || event.shiftKey) return;
    if (event.isComposing || event.keyCode === 229) return; /* Enter chooses a character */
    event.preventDefault();
    event.stopPropagation();
    submit();
  },
  true,
);
document.addEventListener("click", (event) => {
  const example = event.target.closest("button.example");
  if (example) setField(example.textContent.trim());
  if (example || event.target.closest("#ask")) submit();
});
document.addEventListener("input", (event) => {
  if (event.target !== field()) return;
  write("draft", field().value);
  setWaiting(false); /* who changes a question asks it again */
  if (!isAway) showLine("");
});
document.addEventListener("submit", (event) => {
  if (event.target.matches("form.sign-out")) for (const name of ["draft", "sending", "waiting"]) write(name, "");
});

const sendNext = () => {
  if (!isWaiting() || isBusy() || isAway || !field()) return;
  setWaiting(false);
  showLine("");
  if (field().value.trim()) send(field().value);
};
new MutationObserver(sendNext).observe(document.querySelector("#transcript"), {
  childList: true,
  subtree: true,
});

document.addEventListener("tongzhu-idle", () => setTimeout(sendNext));

/* What the server says of a question: it has it, or another one is not answered yet. */
watch("value", () => {
  const { received, refused } = element.querySelector(".composer-line")?.dataset ?? {};
  if (sending && [received, refused].includes(sending.key)) {
    const { question } = sending;
    const typed = field().value;
    setSending(null);
    if (received) {
      if (typed === question) setField("");
    } else {
      setField(typed && typed !== question ? `${question}\n${typed}` : question);
      setWaiting(document.querySelector("#transcript .searching"));
    }
  }
  showLine(isAway ? "away" : isWaiting() ? "waiting" : "");
  sendNext();
});

/* Once the page is loaded, what was typed and what was on its way is taken up again. */
const restore = () => {
  if (!field() || !element.querySelector(".composer-line")) return setTimeout(restore, 50);
  if (!field().value && read("draft")) setField(read("draft"));
  if (sending) transmit();
  else sendNext();
};
restore();

/* Where the server cannot be reached or cannot answer, the reader is told in a line, and the page is
   loaded again as soon as it can. */
const fetchAnyway = window.fetch;
const waitForServer = async (seconds) => {
  if (isAway) return;
  const now = Date.now();
  const reloads = JSON.parse(read("reloads") || "[]").filter((time) => now - time < 60_000);
  if (sending && !field().value) setField(sending.question); /* so that it is seen */
  if (reloads.length >= MAX_RELOADS) {
    setSending(null);
    showLine("failed");
    return;
  }
  isAway = true;
  showLine("away");
  write("reloads", JSON.stringify([...reloads, now]));
  for (let delay = seconds * 1000; ; delay = RETRY_AFTER) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(delay, RETRY_AFTER)));
    const response = await fetchAnyway("gradio_api/app_id", { cache: "no-store" }).catch(() => null);
    if (response && response.status < 429) break;
  }
  location.reload();
};
window.fetch = async (...parameters) => {
  const isEvent = String(parameters[0]?.url ?? parameters[0]).includes("/gradio_api/run/");
  try {
    const response = await fetchAnyway(...parameters);
    if (isEvent && !response.ok) waitForServer(Number(response.headers.get("retry-after") ?? 0));
    return response;
  } catch (error) {
    if (isEvent) waitForServer(0);
    throw error;
  }
};
