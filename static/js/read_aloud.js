// Reads the page out with the browser's own voice, sentence by sentence, and marks what is read. Loaded when asked for
// (page_tools.js). Nothing leaves the device but for voices that the browser itself fetches.
//
// 1. `gather` takes the heading and the text of the page as sentences, each with its element, its place in it, its language.
// 2. `speak` reads one and goes on with the next. Pausing ends a sentence, going on begins it again: some systems know no pause.
// 3. Leaving the page, Escape and the button end it.
const RATE = "doc-thanh-tieng";
const BLOCKS = "h1, h2, h3, h4, p, li, dt, dd, blockquote, figcaption, caption, th, td, summary";
const LEFT_OUT = "nav, form, button, select, .tools, .aloud, .visually-hidden, .contents, sup, [aria-hidden=true], script, noscript";

const languageOf = (element) => (element.closest("[lang]")?.lang || "vi").split("-")[0];

export function voiceFor(language) {
  const spoken = speechSynthesis.getVoices().filter((voice) => voice.lang.toLowerCase().split(/[-_]/)[0] === language);
  // One of the device itself is there without a network.
  return spoken.find((voice) => voice.localService) || spoken[0];
}

function sentencesOf(text, language) {
  if (!("Segmenter" in Intl)) return [[0, text.length]];
  const found = [...new Intl.Segmenter(language, { granularity: "sentence" }).segment(text)];
  return found.map(({ index, segment }) => [index, index + segment.length]);
}

function gather() {
  const blocks = [];
  for (const root of document.querySelectorAll(".page__head, .page__main")) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const element = node.parentElement.closest(BLOCKS);
      if (!node.data.trim() || !element || !root.contains(element) || node.parentElement.closest(LEFT_OUT)) continue;
      if (!node.parentElement.checkVisibility()) continue;
      const last = blocks.at(-1);
      if (last?.element === element) last.nodes.push(node);
      else blocks.push({ element, nodes: [node] });
    }
  }
  return blocks.flatMap(({ element, nodes }, block) => {
    const text = nodes.map((node) => node.data).join("");
    const language = languageOf(element);
    return sentencesOf(text, language)
      .filter(([from, to]) => /[\p{L}\p{N}]/u.test(text.slice(from, to)))
      .map(([from, to]) => ({ block, element, nodes, from, to, language, text: text.slice(from, to).replace(/\s+/g, " ").trim() }));
  }).filter(({ language }) => voiceFor(language));
}

function rangeOf({ nodes, from, to }) {
  const range = document.createRange();
  let at = 0;
  for (const node of nodes) {
    const end = at + node.length;
    if (from >= at && from < end) range.setStart(node, from - at);
    if (to > at && to <= end) range.setEnd(node, to - at);
    at = end;
  }
  return range;
}

function keptRate() {
  try { return localStorage.getItem(RATE); } catch { return null; }
}

export function start(place) {
  const part = (name) => place.querySelector(`[data-aloud-${name}]`);
  const bar = place.querySelector(".aloud__bar");
  const pause = part("pause");
  const rate = part("rate");
  const offered = pause.textContent;
  let sentences = [];
  let now = 0;
  let current = null;

  function mark(sentence) {
    document.querySelector(".aloud-now")?.classList.remove("aloud-now");
    globalThis.CSS?.highlights?.delete("aloud");
    if (!sentence) return;
    sentence.element.classList.add("aloud-now");
    if (globalThis.CSS?.highlights) CSS.highlights.set("aloud", new Highlight(rangeOf(sentence)));
    const { top, bottom } = sentence.element.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight - bar.offsetHeight) sentence.element.scrollIntoView({ block: "center" });
  }

  function hush() {
    current = null;
    speechSynthesis.cancel();
  }

  function speak(index) {
    hush();
    if (index >= sentences.length) return end();
    now = Math.max(0, index);
    const sentence = sentences[now];
    const said = new SpeechSynthesisUtterance(sentence.text);
    Object.assign(said, { voice: voiceFor(sentence.language), lang: sentence.language, rate: Number(rate.value) });
    said.onend = () => { if (said === current) speak(now + 1); };
    said.onerror = () => { if (said === current) end(); };
    current = said;
    pause.textContent = offered;
    mark(sentence);
    speechSynthesis.speak(said);
  }

  function end() {
    const hadFocus = bar.contains(document.activeElement);
    hush();
    mark(null);
    bar.hidden = true;
    part("start").hidden = false;
    if (hadFocus) part("start").focus();
  }

  function begin() {
    sentences = gather();
    if (!sentences.length) return;
    bar.hidden = false;
    part("start").hidden = true;
    pause.focus();
    speak(0);
  }

  const firstOf = (block) => sentences.findIndex((sentence) => sentence.block === block);

  part("start").addEventListener("click", begin);
  part("stop").addEventListener("click", end);
  pause.addEventListener("click", () => {
    if (!current) return speak(now);
    hush();
    pause.textContent = pause.dataset.paused;
  });
  part("back").addEventListener("click", () => {
    const own = firstOf(sentences[now].block);
    // From inside a paragraph to its beginning, from there to the one before.
    speak(now > own || !own ? own : firstOf(sentences[own - 1].block));
  });
  part("on").addEventListener("click", () => {
    const next = sentences.findIndex((sentence, index) => index > now && sentence.block !== sentences[now].block);
    if (next < 0) end();
    else speak(next);
  });
  if ([...rate.options].some(({ value }) => value === keptRate())) rate.value = keptRate();
  rate.addEventListener("change", () => {
    try { localStorage.setItem(RATE, rate.value); } catch { /* storage refused: it holds for this page */ }
    if (current) speak(now);
  });
  bar.addEventListener("keydown", (event) => { if (event.key === "Escape") end(); });
  addEventListener("pagehide", end);
  begin();
}
