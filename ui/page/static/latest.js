/* Runs when the place is there where the last turn of a conversation arrives: it goes to its end. */
watch("value", () => {
  const paper = document.createElement("template");
  paper.innerHTML = props.value ?? "";
  const arrived = paper.content.querySelector(".turns");
  const shown = document.querySelector("#transcript .turns");
  if (!arrived || shown?.dataset.conversation !== arrived.dataset.conversation) return;
  for (const turn of arrived.querySelectorAll(".turn")) {
    const before = shown.querySelector(`#${turn.id}`);
    if (!before) shown.append(turn.cloneNode(true));
    else if (before.outerHTML !== turn.outerHTML) before.replaceWith(turn.cloneNode(true));
  }
  /* A screen reader hears what answers and how sure it is; the passages are there to be read. */
  const heard = [...arrived.querySelectorAll(".turn:last-child :is(.said, .confidence, .not-found, .trouble)")];
  if (heard.length)
    document.querySelector("#transcript .announced").textContent = heard
      .map((each) => each.textContent)
      .join(" ");
});
