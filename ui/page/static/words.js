/* Explains the words of quotations under the pointer, by a tap, and with the keys: W begins, the arrows go
   from word to word. The server is asked for a sentence at a time; nothing is done before a reader points. */
(() => {
  const REST = 300; /* milliseconds that the pointer rests on a word */
  const LONGEST = 200; /* characters of a sentence that is sent */
  const STORED = "tongzhu_words";
  const ROOTS = "#transcript, .pane-body, #content";
  const BLOCK = "blockquote p, [lang]";
  const answers = new Map(); /* words of each sentence that was asked for */
  const highlight = globalThis.Highlight && new Highlight();
  if (highlight) CSS.highlights.set("tongzhu-word", highlight);

  const readStored = () => {
    try {
      return localStorage.getItem(STORED);
    } catch {
      return null; /* a browser that keeps nothing */
    }
  };
  const store = (value) => {
    try {
      localStorage.setItem(STORED, value);
    } catch {
      /* it holds until the page is closed */
    }
  };
  let isOn = readStored() !== "off";
  let shown = null; /* the block, sentence and word that is explained */
  let latest = 0; /* counts what was pointed at, so that a late answer is left out */
  let timer = 0;
  let isByKeys = false; /* goes from word to word: pages that scroll move the card along */
  let pointerType = "mouse";

  const findSwitch = () => document.querySelector(".words-switch");
  const updateSwitch = () => {
    const button = findSwitch();
    if (!button) return;
    button.hidden = false;
    button.ariaPressed = String(isOn);
  };

  /* --- Text: blocks, sentences, words ----------------------------------------------------------------- */

  const findBlock = (node) => {
    const parent = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const block = parent?.closest(BLOCK);
    return block?.closest(ROOTS) && !parent.closest("sup, .page-mark") ? block : null;
  };
  const listNodes = (block) => {
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT, (node) =>
      findBlock(node) === block ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT,
    );
    const nodes = [];
    let start = 0;
    while (walker.nextNode()) {
      nodes.push({ node: walker.currentNode, start });
      start += walker.currentNode.length;
    }
    return nodes;
  };
  const splitSentences = (text) => {
    const sentences = [];
    let start = 0;
    for (const [part] of text.matchAll(/(?:[^。！？；!?;.\n]|\.(?!\s))+(?:[。！？；!?;\n]|\.\s?)*|[^]/g)) {
      for (let from = 0; from < part.length; ) {
        let end = Math.min(part.length, from + LONGEST);
        if (end < part.length) end = from + (part.slice(from, end).search(/[，,、\s][^，,、\s]*$/) + 1 || LONGEST);
        sentences.push({ start: start + from, text: part.slice(from, end) });
        from = end;
      }
      start += part.length;
    }
    return sentences;
  };
  const fetchWords = (sentence) => {
    if (!answers.has(sentence)) {
      const address = new URL(findSwitch().dataset.words, location);
      address.search = new URLSearchParams({ text: sentence, lang: document.documentElement.lang });
      const answer = fetch(address)
        .then((response) => (response.ok ? response.json() : []))
        .catch(() => []);
      answers.set(sentence, answer);
    }
    return answers.get(sentence);
  };
  /* The words of a block that are explained, from an offset on: sentence by sentence. */
  async function* listWords(block, offset) {
    const nodes = listNodes(block);
    const text = nodes.map(({ node }) => node.data).join("");
    for (const sentence of splitSentences(text)) {
      if (sentence.start + sentence.text.length <= offset) continue;
      let start = sentence.start;
      for (const word of await fetchWords(sentence.text)) {
        const end = start + word.text.length;
        if (end > offset && (word.entries.length || word.other_forms.length))
          yield { block, start, end, word, range: buildRange(nodes, start, end) };
        start = end;
      }
    }
  }
  const buildRange = (nodes, start, end) => {
    const range = document.createRange();
    const first = nodes.findLast((piece) => piece.start <= start);
    const last = nodes.findLast((piece) => piece.start < end);
    range.setStart(first.node, start - first.start);
    range.setEnd(last.node, end - last.start);
    return range;
  };

  const contains = (range, x, y) =>
    [...range.getClientRects()].some(
      (box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom,
    );
  const findCaret = (x, y) => {
    const caret = document.caretPositionFromPoint?.(x, y);
    if (caret) return { node: caret.offsetNode, offset: caret.offset };
    const range = document.caretRangeFromPoint?.(x, y);
    return range && { node: range.startContainer, offset: range.startOffset };
  };
  /* The place in its block of the character under a point; null where there is none. */
  const findPlace = (x, y) => {
    const caret = findCaret(x, y);
    if (caret?.node.nodeType !== Node.TEXT_NODE) return null;
    const block = findBlock(caret.node);
    if (!block) return null;
    for (const offset of [caret.offset - 1, caret.offset]) {
      if (offset < 0 || offset >= caret.node.length) continue;
      const range = document.createRange();
      range.setStart(caret.node, offset);
      range.setEnd(caret.node, offset + 1);
      if (contains(range, x, y))
        return { block, offset: listNodes(block).find(({ node }) => node === caret.node).start + offset };
    }
    return null;
  };

  /* --- What is shown ------------------------------------------------------------------------------------- */

  const card = document.createElement("div");
  card.id = "word-card";
  card.popover = "manual";
  const status = document.createElement("p");
  status.className = "word-status";
  status.setAttribute("role", "status");

  const add = (parent, tag, className, text) => {
    const part = document.createElement(tag);
    part.className = className;
    part.dir = "auto";
    part.textContent = text;
    parent.append(part);
  };
  const fill = ({ text, entries, other_forms: otherForms }) => {
    card.replaceChildren();
    add(card, "p", "word", text);
    for (const entry of entries) {
      const line = document.createElement("p");
      if (entry.reading) add(line, "span", "reading", `${entry.reading} `);
      add(line, "span", "", entry.meanings.join(entry.reading ? "; " : "、"));
      card.append(line);
    }
    if (otherForms.length)
      add(card, "p", "other-forms", `${findSwitch().dataset.otherForms} ${otherForms.join(" · ")}`);
  };
  const place = (range, x, y) => {
    const boxes = [...range.getClientRects()];
    const box = boxes.find((one) => x >= one.left && x <= one.right && y >= one.top && y <= one.bottom) ?? boxes[0];
    const { width, height } = card.getBoundingClientRect();
    const above = box.top - height - 6;
    card.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
    card.style.top = `${above >= 8 ? above : box.bottom + 6}px`;
  };
  const hide = () => {
    latest += 1;
    isByKeys = false;
    clearTimeout(timer);
    if (!shown) return;
    shown = null;
    highlight?.clear();
    if (card.isConnected) card.hidePopover();
  };
  const show = (item, x, y) => {
    const host = item.block.closest("dialog, main");
    if (card.parentElement !== host) host.append(card, status);
    shown = item;
    highlight?.clear();
    highlight?.add(item.range);
    fill(item.word);
    card.showPopover();
    place(item.range, x, y);
  };

  /* --- The pointer ------------------------------------------------------------------------------------------ */

  const explainAt = async (x, y) => {
    const found = findPlace(x, y);
    if (!found) return isByKeys || hide();
    isByKeys = false;
    const current = ++latest;
    if (shown && shown.block === found.block && shown.start <= found.offset && found.offset < shown.end) return;
    const { value } = await listWords(found.block, found.offset).next();
    if (current !== latest) return;
    if (value && value.start <= found.offset) show(value, x, y);
    else hide();
  };
  const at = { x: -1, y: -1 };
  document.addEventListener("pointermove", (event) => {
    if (!isOn || event.pointerType !== "mouse" || event.buttons) return;
    if (event.clientX === at.x && event.clientY === at.y) return; /* the page moved, not the pointer */
    Object.assign(at, { x: event.clientX, y: event.clientY });
    clearTimeout(timer);
    if (!card.contains(event.target)) timer = setTimeout(explainAt, REST, event.clientX, event.clientY);
  });
  document.addEventListener("pointerdown", (event) => {
    pointerType = event.pointerType;
    if (!card.contains(event.target)) hide();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".words-switch");
    if (button) {
      isOn = !isOn;
      store(isOn ? "on" : "off");
      updateSwitch();
      hide();
    } else if (
      isOn &&
      pointerType !== "mouse" &&
      getSelection().isCollapsed &&
      !event.target.closest?.("a, button, summary, input, textarea, select, label, #word-card")
    )
      explainAt(event.clientX, event.clientY);
  });
  const follow = () => {
    if (!isByKeys) hide();
    else if (shown) place(shown.range, -1, -1);
  };
  document.addEventListener("scroll", follow, { capture: true, passive: true });

  /* --- The keys ------------------------------------------------------------------------------------------------ */

  const listBlocks = () => {
    const root = document.querySelector("dialog:modal") ?? document;
    return [...root.querySelectorAll(BLOCK)].filter((block) => findBlock(block) && block.checkVisibility());
  };
  const announce = async (words) => {
    const current = ++latest;
    isByKeys = true;
    clearTimeout(timer);
    for await (const item of words) {
      if (current !== latest) return;
      if (!isInView(item.range)) item.block.scrollIntoView({ block: "center" });
      requestAnimationFrame(() => {
        show(item, -1, -1);
        status.textContent = [...card.querySelectorAll("p")].map((line) => line.textContent).join(". ");
      });
      return;
    }
  };
  const isInView = (range) => {
    const box = range.getBoundingClientRect();
    return box.top >= 0 && box.bottom <= innerHeight;
  };
  const begin = () => {
    const blocks = listBlocks();
    const focused = document.activeElement;
    const inFocus = focused?.closest(ROOTS) && blocks.find((block) => focused.contains(block));
    const inView = blocks.find((block) => block.getBoundingClientRect().top >= 60);
    return announce(listFrom(inFocus || inView || blocks[0], 0, blocks));
  };
  async function* listFrom(block, offset, blocks) {
    for (const next of blocks.slice(Math.max(0, blocks.indexOf(block)))) {
      yield* listWords(next, next === block ? offset : 0);
    }
  }
  async function* listBefore({ block, start }) {
    const blocks = listBlocks();
    for (const before of blocks.slice(0, blocks.indexOf(block) + 1).reverse()) {
      const words = [];
      for await (const item of listWords(before, 0)) {
        if (before === block && item.start >= start) break;
        words.push(item);
      }
      yield* words.reverse();
    }
  }
  document.addEventListener(
    "keydown",
    (event) => {
      if (!isOn || event.ctrlKey || event.metaKey || event.altKey) return;
      const isTyped = event.target.closest?.("input, textarea, select, [contenteditable]");
      if (shown && event.key === "Escape") hide();
      else if (isTyped) return;
      else if (shown && event.key === "ArrowRight") announce(listFrom(shown.block, shown.end, listBlocks()));
      else if (shown && event.key === "ArrowLeft") announce(listBefore(shown));
      else if (event.key === "w") begin();
      else return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );

  updateSwitch();
  /* The page of questions writes its masthead anew with every change of language. */
  new MutationObserver(() => {
    if (findSwitch()?.hidden) {
      answers.clear();
      updateSwitch();
    }
  }).observe(document.body, { childList: true, subtree: true });
})();
