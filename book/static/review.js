/* Review cards that schedule themselves, and progress that arrives by a link.
   Everything stays in this browser's localStorage; without it, or without this script, the cards still fold. */

const DAY = 86_400_000;
export const STEPS = [1, 5, 14, 30, 60, 120, 240]; // days until a card comes back, one step further each time
const CARDS_KEY = "superposition.cards";
const DONE_KEY = "superposition.done";
const PREFIX = "#progress=";
const LONGEST_LINK = 50_000; // characters
const MOST_ENTRIES = 1_000;
const IDENTIFIER = /^(?=.{3,100}$)[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$/;

/* ---- days ---- */

/** Number the calendar day of a date where the reader is: two evenings in a row are one day apart. */
export const dayOf = (date) => Math.floor((date.getTime() - date.getTimezoneOffset() * 60_000) / DAY);

/** Tell whether a text is a day of the calendar, YYYY-MM-DD, not later than tomorrow. */
export function isDate(text, today) {
  if (typeof text !== "string" || !/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text) && time / DAY <= today + 1;
}

/* ---- one card: {step, due, seen}, the last two in days ---- */

/** A card is due when it was never seen, when its day has come, or when the clock stood wrong when it was seen. */
export const isDue = (card, today) => !card || today >= card.due || card.seen - today > 1;

/** Move a card one step on, or back to the start; a card that is known before it is due keeps its day. */
export function grade(card, knew, today) {
  if (!knew) return { step: -1, due: today, seen: today };
  if (!isDue(card, today)) return card;
  const step = Math.min((card ? card.step : -1) + 1, STEPS.length - 1);
  return { step, due: today + STEPS[step], seen: today };
}

/* ---- what is stored: {"v": 1, "entries": {...}}, read with suspicion ---- */

const isPlain = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

export function isCard(card) {
  if (!isPlain(card) || ![card.step, card.due, card.seen].every(Number.isInteger)) return false;
  const wait = card.due - card.seen;
  return card.step >= -1 && card.step < STEPS.length && wait >= 0 && wait <= STEPS.at(-1);
}

/** Read a stored text. Entries that do not belong are dropped; `newer` says that a later version wrote it. */
export function readEntries(text, belongs) {
  let stored = null;
  try { stored = JSON.parse(text); } catch { /* what is not JSON is nothing */ }
  const readable = isPlain(stored) && isPlain(stored.entries);
  const entries = readable && stored.v === 1 ? Object.entries(stored.entries) : [];
  return {
    entries: new Map(entries.filter(([id, value]) => IDENTIFIER.test(id) && belongs(value))),
    newer: isPlain(stored) && Number.isInteger(stored.v) && stored.v > 1,
  };
}

export const writeEntries = (entries) => JSON.stringify({ v: 1, entries: Object.fromEntries(entries) });

/* ---- progress that arrives by a link ---- */

function decode(payload) {
  const binary = atob(payload.replaceAll("-", "+").replaceAll("_", "/"));
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0))));
}

/** Read the fragment of an address: null without progress in it, else what it brings and what is wrong with it. */
export function readLink(hash, today) {
  if (!hash.startsWith(PREFIX)) return null;
  const refuse = (problem) => ({ done: new Map(), problem });
  const payload = hash.slice(PREFIX.length);
  if (payload.length > LONGEST_LINK) return refuse("it is too long");
  let record = null;
  try { record = decode(payload); } catch { return refuse("it is cut off or damaged"); }
  if (!isPlain(record) || !isPlain(record.done)) return refuse("it holds no record of exercises");
  if (record.v !== 1) return refuse("another version of the course wrote it");
  const entries = Object.entries(record.done).filter(([id, date]) => IDENTIFIER.test(id) && isDate(date, today));
  return entries.length ? { done: new Map(entries.slice(0, MOST_ENTRIES)), problem: "" } : refuse("it names no exercise");
}

/** Join two records of solved exercises; the earlier day stays. */
export function mergeDone(ours, theirs) {
  const merged = new Map(ours);
  for (const [id, date] of theirs) if (!merged.has(id) || date < merged.get(id)) merged.set(id, date);
  return merged;
}

/** Count the solved exercises of one chapter. */
export const countSolved = (done, chapter) => [...done.keys()].filter((id) => id.startsWith(`${chapter}.`)).length;

/* ---- sentences ---- */

const days = (n) => (n === 1 ? "tomorrow" : `in ${n} days`);
const exercises = (n) => `${n} ${n === 1 ? "exercise" : "exercises"}`;

/** Say how many cards are due, and when none is, when the next one will be. */
export function dueSentence(cards, today) {
  const due = cards.filter((card) => isDue(card, today)).length;
  if (due) return `${due} of ${cards.length} cards ${due === 1 ? "is" : "are"} due.`;
  return `No card is due; the next one comes back ${days(Math.min(...cards.map((card) => card.due)) - today)}.`;
}

/* ---- storage that may be full or forbidden: then memory has to do ---- */

export const NOT_KEPT = "This browser keeps nothing for this page (its storage is full or blocked): "
  + "all works, but is forgotten when you leave.";
export const NEWER = "A newer version of the course has stored something here; it is left alone, and nothing is kept.";

/** Open one key of a storage. `change` reads afresh, so that two tabs never lose each other's entries. */
export function openStore(getStorage, key, belongs) {
  let memory = null;
  let problem = "";
  const fail = (sentence, entries) => { problem = sentence; memory = entries; };
  function read() {
    if (memory) return memory;
    try {
      const { entries, newer } = readEntries(getStorage().getItem(key), belongs);
      if (newer) fail(NEWER, new Map());
      return memory ?? entries;
    } catch {
      fail(NOT_KEPT, new Map());
      return memory;
    }
  }
  function change(step) {
    const entries = step(new Map(read()));
    if (memory) { memory = entries; return entries; }
    try { getStorage().setItem(key, writeEntries(entries)); } catch { fail(NOT_KEPT, entries); }
    return entries;
  }
  return { read, change, problem: () => problem };
}

/* ---- the page ---- */

const today = () => dayOf(new Date());

function make(tag, attributes, text = "") {
  const element = Object.assign(document.createElement(tag), attributes);
  element.textContent = text;
  return element;
}

function mountCards(box, store) {
  const folds = [...box.querySelectorAll("details[data-card]")];
  const status = make("p", { className: "review-due", role: "status" });
  box.before(status);
  function draw(lead = "") {
    const entries = store.read();
    for (const fold of folds) fold.dataset.state = isDue(entries.get(fold.dataset.card), today()) ? "due" : "later";
    const cards = folds.map((fold) => entries.get(fold.dataset.card));
    status.textContent = [lead, dueSentence(cards, today()), store.problem()].filter(Boolean).join(" ");
  }
  function answer(fold, knew) {
    const id = fold.dataset.card;
    const entries = store.change((all) => all.set(id, grade(all.get(id), knew, today())));
    fold.open = false;
    fold.querySelector("summary").focus();
    draw(knew ? `This card comes back ${days(entries.get(id).due - today())}.` : "This card stays due.");
  }
  for (const fold of folds) {
    const buttons = make("p", { className: "review-grade" });
    for (const [label, knew] of [["I knew it", true], ["Not yet", false]]) {
      const button = make("button", { type: "button" }, label);
      button.addEventListener("click", () => answer(fold, knew));
      buttons.append(button, " ");
    }
    fold.append(buttons);
  }
  draw();
  return draw;
}

/** Find the line on exercises, or make it: below the heading of the exercises, else below the title. */
function progressLine() {
  const place = document.querySelector("section#exercises > h2") ?? document.querySelector("h1");
  const line = document.querySelector(".exercise-progress") ?? make("p", { className: "exercise-progress", role: "status" });
  if (place && !line.isConnected) place.after(line);
  return line;
}

function mountProgress(store) {
  const line = progressLine();
  const chapter = location.pathname.split("/").at(-1).replace(/\.html$/, "");
  const total = document.querySelectorAll('section[id^="exercise-"]:has(.check)').length;
  function draw(lead = "") {
    const solved = Math.min(countSolved(store.read(), chapter), total);
    const count = solved ? `${solved} of ${exercises(total)} solved.` : "";
    line.textContent = [lead, count, lead ? store.problem() : ""].filter(Boolean).join(" ");
    line.hidden = line.textContent === "";
  }
  function take() {
    const link = readLink(location.hash, today());
    if (!link) return draw();
    history.replaceState(history.state, "", location.pathname + location.search);
    if (link.problem) return draw(`The progress link could not be used: ${link.problem}. Nothing was changed.`);
    const known = store.read();
    const fresh = [...link.done.keys()].filter((id) => !known.has(id)).length;
    store.change((done) => mergeDone(done, link.done));
    return draw(`The link brought ${exercises(link.done.size)}, ${fresh} new here.`);
  }
  take();
  addEventListener("hashchange", take);
  return draw;
}

function mount() {
  const getStorage = () => window.localStorage;
  const cards = openStore(getStorage, CARDS_KEY, isCard);
  const done = openStore(getStorage, DONE_KEY, (date) => isDate(date, Infinity));
  const draws = [...document.querySelectorAll(".review-cards")].map((box) => mountCards(box, cards));
  draws.push(mountProgress(done));
  const redraw = () => draws.forEach((draw) => draw());
  addEventListener("storage", redraw); // another tab
  document.addEventListener("visibilitychange", redraw); // another day
}

if (typeof document !== "undefined") mount();
