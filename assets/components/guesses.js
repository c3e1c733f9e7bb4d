// What the model expected at one place of a text: the likeliest tokens as bars, and the token that came. It follows the
// token under the pointer in the strip of its group, else the picked one.
import { h, hear, mount } from "./base.js";

export default function guesses(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add("v-guesses");
    hear("strip", (detail) => detail.group === fresh.data?.group && show(fresh, detail.at));
  });
  state.data = component.data;
  show(state, null);
}

function show(state, at) {
  const { data } = state;
  const step = data.steps[at ?? data.picked];
  if (!step) return;
  state.root.style.minHeight = `${34 + 22 * (Math.max(...data.steps.map((s) => s.rows.length)) + 3)}px`;
  // A square root keeps small probabilities in sight; the numbers tell the truth.
  const width = (p) => `${100 * Math.sqrt(p)}%`;
  state.root.replaceChildren(
    h("p", { class: "v-strip-title" }, `${step.title} `, h("b", {}, "___")),
    h("p", { class: "v-hint" }, step.note),
    h(
      "div",
      { class: `v-guess-list${data.two ? " v-model-and-draw" : ""}`, role: "table", "aria-label": data.words.alt },
      h("div", { class: "v-guess v-guess-head", role: "row" }, ["", data.words.word, "", "p", data.two ? "q" : null].filter((t) => t !== null).map((t) => h("span", { role: "columnheader" }, t))),
      step.rows.map((row) =>
        h(
          "div",
          { class: `v-guess${row.it ? " v-came" : ""}${row.cut ? " v-cut-off" : ""}${row.apart ? " v-apart" : ""}`, role: "row" },
          h("small", { role: "cell" }, row.it ? "●" : row.rank ? String(row.rank) : ""),
          h("span", { role: "cell" }, row.word),
          h("span", { class: "v-track", role: "cell" }, h("i", { style: { width: width(row.p) } }), data.two ? h("em", { style: { width: width(row.q) } }) : null),
          h("span", { role: "cell" }, row.pText),
          data.two ? h("span", { role: "cell" }, row.cut ? "✕" : row.qText) : null,
        ),
      ),
    ),
    h("p", { class: "v-hint" }, data.words.hint),
  );
}
