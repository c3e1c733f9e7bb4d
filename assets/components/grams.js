// n-grams: the score as cards, the texts with what matches, and the table of n-grams. One component mounted twice
// (data.part: "texts" or "table"), so that either can stand anywhere; they hear each other's hovering.
import { h, hear, mount, say } from "./base.js";
import { equation } from "./cards.js";

export default function grams(component) {
  const state = mount(component, (fresh) => {
    fresh.hover = null;
    hear("gram", (detail) => {
      if (detail.group !== fresh.data?.group) return;
      fresh.hover = detail.index;
      light(fresh);
    });
  });
  const { data } = component;
  const signature = JSON.stringify(data);
  state.data = data;
  if (state.last === signature) return;
  state.last = signature;
  state.hover = null;
  const focus = state.root.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const scrolled = state.root.querySelector(".v-grams")?.scrollTop ?? 0;
  state.root.replaceChildren(...(data.part === "texts" ? drawTexts(state) : [drawTable(state)]));
  const list = state.root.querySelector(".v-grams");
  if (list) list.scrollTop = scrolled;
  if (focus) state.root.querySelector(`[data-key="${focus}"]`)?.focus({ preventScroll: true });
  light(state);
}

const tell = (state, index) => say("gram", { group: state.data.group, index });
const pick = (state, order, index) => state.component.setTriggerValue("pick", `n.${order}.${index}`);

// ---- the score as cards, and the texts

function drawTexts(state) {
  const { data } = state;
  return [
    equation(data.equation, data.words.equation, (order) => state.component.setTriggerValue("order", order)),
    h("div", { class: "v-texts" }, ...data.texts.map((text, number) => row(state, text, number))),
    h("p", { class: "v-hint" }, ...legend(data.words)),
  ];
}

function legend(words) {
  return [
    h("span", { class: "v-unit", style: "--v-cover:1" }, words.matched),
    ...(words.clipped ? [" ", h("span", { class: "v-unit v-clipped" }, words.clipped)] : []),
    " ",
    h("span", { class: "v-unit v-chosen" }, words.chosen),
    ` ${words.hint}`,
  ];
}

function row(state, text, number) {
  const { data } = state;
  const cover = coverage(data, number);
  const units = text.units.map((unit, place) =>
    h(
      "span",
      {
        class: `v-unit${cover[place].clipped && !cover[place].counted ? " v-clipped" : ""}`,
        "data-place": place,
        style: `--v-cover:${Math.min(1, cover[place].counted / Math.max(1, cover[place].possible)).toFixed(2)}`,
        onpointerenter: () => tell(state, gramAt(data, number, place)),
        onpointerleave: () => tell(state, null),
        onclick: () => {
          const index = gramAt(data, number, place);
          if (index !== null) pick(state, data.order, index);
        },
      },
      unit,
    ),
  );
  return h(
    "div",
    { class: "v-textline", "data-text": number },
    h("div", { class: "v-textname" }, h("b", {}, text.name), h("small", {}, text.note)),
    h("div", { class: data.spaced ? "v-units v-spaced" : "v-units" }, ...units),
  );
}

// For every place of a text: how many n-grams cover it, how many of them are counted, whether one was clipped away.
function coverage(data, number) {
  const units = data.texts[number].units;
  const cover = units.map(() => ({ counted: 0, clipped: false, possible: 0 }));
  for (const gram of data.grams) {
    gram.at[number].forEach(([from, to], n) => {
      for (let k = from; k < to; k++) {
        if (n < gram.counted) cover[k].counted += 1;
        else if (number === 0 && gram.counted > 0) cover[k].clipped = true;
      }
    });
  }
  // At the edges of a text fewer n-grams reach a place.
  const n = data.size;
  cover.forEach((place, k) => {
    place.possible = Math.min(n, k + 1, units.length - k, Math.max(1, units.length - n + 1));
  });
  return cover;
}

// The n-gram to show for a place: one that starts there, else one that covers it.
function gramAt(data, number, place) {
  let found = null;
  for (let index = 0; index < data.grams.length; index++)
    for (const [from, to] of data.grams[index].at[number]) {
      if (from === place) return index;
      if (from < place && place < to) found ??= index;
    }
  return found;
}

// ---- the table

function drawTable(state) {
  const { data } = state;
  const head = h("div", { class: "v-gramrow v-gramhead", role: "row" }, h("span", { role: "columnheader" }, data.words.gram), ...data.columns.map((name) => h("span", { role: "columnheader" }, name)));
  const rows = data.grams.map((gram, index) =>
    h(
      "button",
      {
        type: "button",
        role: "row",
        class: `v-gramrow${gram.counted ? "" : " v-off"}`,
        "data-index": index,
        "data-key": `gram-${index}`,
        onclick: () => pick(state, data.order, index),
        onpointerenter: () => tell(state, index),
        onpointerleave: () => tell(state, null),
        onfocus: () => tell(state, index),
        onblur: () => tell(state, null),
      },
      h("span", { role: "cell" }, gram.text),
      ...gram.cells.map((value, k) => h("span", { role: "cell", class: cellClass(data, gram, k) }, String(value))),
    ),
  );
  return h("div", { class: "v-grams", role: "table", "aria-label": data.words.table, style: `--v-columns:${data.columns.length}` }, head, ...(rows.length ? rows : [h("p", { class: "v-hint" }, data.words.none)]));
}

function cellClass(data, gram, k) {
  const last = k === data.columns.length - 1;
  if (!last) return "";
  return gram.counted < gram.cells[0] && gram.counted ? "v-last v-cut" : "v-last";
}

// ---- what is lit: hovered, else picked

function light(state) {
  const { data, root } = state;
  const index = state.hover ?? data.index;
  for (const node of root.querySelectorAll("[data-index]")) {
    node.classList.toggle("v-picked", Number(node.dataset.index) === data.index);
    node.classList.toggle("v-lit", Number(node.dataset.index) === index);
  }
  const gram = data.grams[index];
  for (const line of root.querySelectorAll("[data-text]")) {
    const spans = gram?.at[Number(line.dataset.text)] ?? [];
    for (const node of line.querySelectorAll("[data-place]")) {
      const place = Number(node.dataset.place);
      const span = spans.find(([from, to]) => from <= place && place < to);
      node.classList.toggle("v-chosen", Boolean(span));
      node.classList.toggle("v-opens", Boolean(span) && span[0] === place);
      node.classList.toggle("v-closes", Boolean(span) && span[1] - 1 === place);
    }
  }
}
