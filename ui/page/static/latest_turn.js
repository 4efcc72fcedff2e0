/* Runs with the hidden element where the last turn of a conversation arrives: puts it at the end of
   the transcript. */
watch("value", () => {
  const template = document.createElement("template");
  template.innerHTML = props.value ?? "";
  const arrived = template.content.querySelector(".turns");
  const transcript = document.querySelector("#transcript .turns");
  if (!arrived || transcript?.dataset.conversation !== arrived.dataset.conversation) return;
  for (const turn of arrived.querySelectorAll(".turn")) {
    const existing = transcript.querySelector(`#${turn.id}`);
    if (!existing) transcript.append(turn.cloneNode(true));
    else if (existing.outerHTML !== turn.outerHTML) existing.replaceWith(turn.cloneNode(true));
  }
  /* A screen reader reads out the answer and its confidence, not all passages. */
  const announced = [
    ...arrived.querySelectorAll(".turn:last-child :is(.answer-text, .confidence, .not-found, .error-text)"),
  ];
  if (announced.length)
    document.querySelector("#transcript .live-region").textContent = announced
      .map((node) => node.textContent.trim())
      .join(" ");
});
