/* The reading desk by mouse and keyboard. Reading works without it. */
"use strict";

const text = document.querySelector("[data-reading]");
const bar = document.querySelector("[data-selection]");
const leave = document.querySelector("[data-leave]");
const sentences = [...text.querySelectorAll("[data-sentence]")];
const parts = [...text.querySelectorAll("[data-at]")];
const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

// Offsets count characters as the server does, not the halves of which a browser makes some.
const characters = (string) => [...string].length;

// Every word with its place in the text, its part and its place there; sentences by the words that they begin with.
const words = [];
const firsts = [];
for (const part of parts) {
  const sentence = sentences.indexOf(part.closest("[data-sentence]"));
  const string = part.textContent;
  for (const found of string.matchAll(/\S+/gu)) {
    const start = Number(part.dataset.at) + characters(string.slice(0, found.index));
    const word = { part, sentence, start, end: start + characters(found[0]), from: found.index, to: found.index + found[0].length, until: part };
    const before = words.at(-1);
    if (before && before.sentence === sentence && before.end === word.start && found.index === 0) {
      Object.assign(before, { end: word.end, to: word.to, until: part });
    } else {
      firsts[sentence] ??= words.length;
      words.push(word);
    }
  }
}
const lastOf = (sentence) => (firsts[sentence + 1] ?? words.length) - 1;

let current = -1;
let chosen = null;
let drawing = false;

function show() {
  if (!bar) return;
  bar.hidden = !chosen;
  if (!chosen) return;
  const [first, last] = [words[chosen.first], words[chosen.last]];
  bar.elements.start.value = first.start;
  bar.elements.end.value = last.end;
  const count = chosen.last - chosen.first + 1;
  const said = String(window.getSelection()).replace(/\s+/g, " ");
  bar.querySelector("[data-selected]").textContent = `${count} ${count === 1 ? "word" : "words"}: ${said}`;
}

// Make the chosen words the selection of the browser, so that they can also be copied and are seen as selected.
function draw() {
  const selection = window.getSelection();
  drawing = true;
  if (chosen) {
    const [first, last] = [words[chosen.first], words[chosen.last]];
    selection.setBaseAndExtent(first.part.firstChild, first.from, last.until.firstChild, last.to);
  } else {
    selection.removeAllRanges();
  }
  show();
  window.setTimeout(() => { drawing = false; });
}

function go(sentence) {
  if (!sentences[sentence]) return;
  sentences[current]?.classList.remove("current");
  current = sentence;
  const here = sentences[current];
  here.classList.add("current");
  here.focus({ preventScroll: true });
  tell("");
  here.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
}

function take(first, last) {
  chosen = first >= 0 && first <= last && last < words.length ? { first, last } : chosen;
  draw();
}

function moveTo(sentence) {
  if (!sentences[sentence]) return;
  go(sentence);
  take(firsts[sentence], lastOf(sentence));
}

const sentenceOf = (word) => words[word].sentence;

function extend(step) {
  if (!chosen) return moveTo(Math.max(current, 0));
  const last = sentenceOf(chosen.last) + step;
  if (last >= sentenceOf(chosen.first) && sentences[last]) {
    take(chosen.first, lastOf(last));
    sentences[last].scrollIntoView({ block: "nearest" });
  }
}

function overlooked(step) {
  for (let at = current + step; at >= 0 && at < sentences.length; at += step) {
    if ("overlooked" in sentences[at].dataset) return moveTo(at);
  }
  tell(step > 0 ? "Nothing further on is left uncited." : "Nothing before this is left uncited.");
}

function tell(sentence) {
  const place = document.querySelector("[data-told]");
  if (place) place.textContent = sentence;
}

const KEYS = {
  j: () => moveTo(current + 1),
  k: () => moveTo(current - 1),
  J: () => extend(1),
  K: () => extend(-1),
  n: () => overlooked(1),
  p: () => overlooked(-1),
  ArrowRight: () => chosen && take(chosen.first + 1, chosen.last),
  ArrowLeft: () => chosen && take(chosen.first - 1, chosen.last),
  "shift ArrowRight": () => chosen && take(chosen.first, chosen.last + 1),
  "shift ArrowLeft": () => chosen && take(chosen.first, chosen.last - 1),
  s: () => make("s"),
  c: () => make("c"),
  e: () => make("e"),
  Enter: () => sentences[current]?.querySelector("a.cited")?.click(),
  Escape: () => { chosen = null; draw(); },
};

function make(key) {
  if (bar && chosen) bar.requestSubmit(bar.querySelector(`[data-key="${key}"]`));
}

// While a form stands beside the text, the keys belong to it.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (leave) {
    if (event.key === "Escape") leave.click();
    return;
  }
  const typing = event.target.matches("input, select, textarea, button, summary");
  const pressing = event.key === "Enter" && event.target.matches("a");
  const name = event.key.startsWith("Arrow") && event.shiftKey ? `shift ${event.key}` : event.key;
  const act = KEYS[name];
  if (!act || typing || pressing || (event.key.startsWith("Arrow") && !chosen)) return;
  event.preventDefault();
  act();
});

// What the mouse or a finger selects, in whole words.
document.addEventListener("selectionchange", () => {
  const selection = window.getSelection();
  if (drawing || leave || !selection.rangeCount || selection.isCollapsed) return;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(text)) return;
  const within = (word) => {
    const here = document.createRange();
    here.setStart(word.part.firstChild, word.from);
    here.setEnd(word.until.firstChild, word.to);
    return range.compareBoundaryPoints(Range.END_TO_START, here) < 0 && range.compareBoundaryPoints(Range.START_TO_END, here) > 0;
  };
  const first = words.findIndex(within);
  chosen = first < 0 ? null : { first, last: words.findLastIndex(within) };
  if (chosen) current = sentenceOf(first);
  show();
});
text.addEventListener("click", (event) => {
  if (window.getSelection().isCollapsed && !event.target.closest("a")) {
    chosen = null;
    const here = event.target.closest("[data-sentence]");
    if (here && !leave) moveTo(sentences.indexOf(here));
  }
});

// Where one left off.
const place = text.querySelector(".chosen");
if (place) {
  place.scrollIntoView({ block: "center" });
  const form = document.querySelector("[data-beside]");
  // What is needed and not there yet: which commitment, or the first empty field.
  const unchosen = form.querySelector("[name=commitment]:checked") ? null : form.elements.commitment?.[0] ?? form.elements.commitment;
  const wanted = unchosen ?? [...form.elements].find((one) => one.matches("[required]:not([type=hidden])") && !one.value);
  const wide = window.matchMedia("(min-width: 68rem)").matches;
  if (!document.querySelector("[data-focus]")) (wanted ?? form.querySelector("input:not([type=hidden]), textarea"))?.focus({ preventScroll: wide });
} else if (text.dataset.after) {
  const after = Number(text.dataset.after);
  const next = sentences.findIndex((one, at) => (words[lastOf(at)]?.end ?? 0) >= after);
  if (next >= 0) go(next);
}
