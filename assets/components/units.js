// Content units: who says what. A click marks a unit in a text; the verdict of each row follows.
import { h, mount } from "./base.js";

export default function units(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add("v-content");
    fresh.root.addEventListener("click", (event) => {
      const node = event.target.closest("[data-event]");
      if (node) fresh.component.setTriggerValue(node.dataset.event, node.dataset.value);
    });
  });
  const { data } = component;
  const signature = JSON.stringify(data);
  if (state.last === signature) return;
  state.last = signature;
  const focus = state.root.contains(document.activeElement) ? document.activeElement.dataset : null;
  state.root.replaceChildren(texts(data), table(data));
  if (focus?.event) state.root.querySelector(`[data-event="${focus.event}"][data-value="${CSS.escape(focus.value)}"]`)?.focus({ preventScroll: true });
}

function texts({ summary, people, scores, pyramid, words }) {
  const score = ([name, value]) => h("span", {}, `${name} `, h("b", {}, value.toFixed(3)));
  return h(
    "div",
    { class: "v-un-texts" },
    h("h4", {}, `${words.summary}: ${summary.name}`),
    h("p", { class: "v-un-text v-un-first" }, summary.text || "∅"),
    h("p", { class: "v-un-scores" }, ...scores.map(score), score([words.pyramid, pyramid])),
    h("h4", { style: "margin-top:14px" }, words.people),
    ...people.map((person) => h("p", { class: "v-un-text" }, h("b", {}, `${person.name}. `), person.text)),
  );
}

const MARKS = { hit: "✓", extra: "✗", missed: "○", none: "·" };

function table({ units: rows, people, summary, picked, words }) {
  const mark = (row, k, isOn, told) =>
    h("button", { type: "button", class: "v-un-mark", "data-event": "mark", "data-value": `${row}.${k}`, "aria-pressed": String(isOn), "aria-label": told, title: told }, isOn ? "●" : "");
  return h(
    "table",
    { class: "v-un-table" },
    h(
      "thead",
      {},
      h("tr", {}, h("th", { scope: "col" }, words.unit), ...people.map((person) => h("th", { scope: "col" }, person.name)), h("th", { scope: "col", title: words.weightHelp }, "w"), h("th", { scope: "col" }, words.here), h("th", {}, "")),
    ),
    h(
      "tbody",
      {},
      rows.map((row, k) =>
        h(
          "tr",
          { class: `v-un-${row.state}${String(k) === picked ? " v-picked" : ""}` },
          h("th", { scope: "row" }, h("button", { type: "button", class: "v-un-unit", "data-event": "pick", "data-value": String(k) }, row.text)),
          ...row.people.map((isOn, n) => h("td", {}, mark(n, k, isOn, `${people[n].name}: ${row.text}`))),
          h("td", {}, String(row.weight)),
          h("td", { class: "v-un-here" }, mark(summary.row, k, row.selected, `${summary.name}: ${row.text}`)),
          h("td", { class: "v-un-state" }, `${MARKS[row.state]} ${words[row.state] ?? ""}`),
        ),
      ),
    ),
  );
}
