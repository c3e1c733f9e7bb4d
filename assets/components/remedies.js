// One remedy a row: how much of the gradient arrives, on a scale of powers of ten, and what the net has learned.
import { isStill, minus } from "./activation.js";
import { h, mount } from "./base.js";

const EDGE = 8;
const NONE = -90;

export default function remedies(component) {
  const state = mount(component, (fresh) => {
    fresh.table = h("div", { class: "v-re", role: "table" });
    fresh.root.append(fresh.table);
  });
  const { data } = component;
  state.table.setAttribute("aria-label", data.alt);
  state.table.replaceChildren(head(data), ...data.rows.map((row, n) => line(state, row, n)));
  if (!isStill() && !state.isOpen) {
    state.isOpen = true;
    state.table.animate([{ opacity: 0.2 }, { opacity: 1 }], 350);
  }
}

function head({ words }) {
  return h("div", { class: "v-re-row v-re-head", role: "row" }, ...[words.remedy, words.reach, words.learned].map((text) => h("span", { role: "columnheader" }, text)));
}

function line(state, row, n) {
  const { words, picked } = state.component.data;
  const at = row.power < NONE ? -EDGE : Math.max(-EDGE, Math.min(EDGE, row.power));
  const middle = 50;
  const width = (Math.abs(at) / EDGE) * 50;
  const bar = h("i", { class: `v-re-bar v-re-${row.state}`, style: { left: `${at < 0 ? middle - width : middle}%`, width: `${Math.max(1, width)}%` } });
  const glyph = { dead: "○", healthy: "●", exploding: "▲" }[row.state];
  const learned = row.lost >= 0 ? `${words.lost} ${row.lost}` : `${(100 * row.accuracy).toFixed(0)} %`;
  const open = () => state.component.setTriggerValue("pick", n);
  return h(
    "div",
    { class: `v-re-row${n === 0 ? " v-re-patient" : ""}${row.name === picked ? " v-picked" : ""}`, role: "row" },
    h("span", { role: "cell" }, h("button", { type: "button", class: "v-re-open", title: words.open, onclick: open }, row.title), h("small", {}, row.does)),
    h("span", { role: "cell", class: "v-re-reach" }, h("span", { class: "v-re-track" }, bar), h("b", {}, `× ${minus(row.reach)}`), h("small", {}, `${glyph} ${row.stateName}`)),
    h("span", { role: "cell", class: "v-re-learned" }, h("span", { class: "v-re-track v-re-from" }, h("i", { class: "v-re-acc", style: { width: `${row.lost >= 0 ? 0 : 100 * row.accuracy}%` } })), h("b", {}, learned)),
  );
}
