// What a search returned: passages that slide to their new ranks when the query changes, each with its score and a grade
// that a click turns; or (part "elsewhere") the same query under other rankers and other languages.
import { h, mount } from "./base.js";
import { dials, keepFocus } from "./measures.js";

export default function found(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add("v-search");
    fresh.rows = new Map();
  });
  const { data } = component;
  const signature = JSON.stringify(data);
  if (state.last === signature) return;
  state.last = signature;
  if (data.part === "elsewhere") keepFocus(state.root, () => state.root.replaceChildren(elsewhere(state, data)));
  else list(state, data);
}

function list(state, data) {
  const before = new Map([...state.rows].map(([passage, node]) => [passage, node.getBoundingClientRect()]));
  const isFirst = before.size === 0;
  state.rows.clear();
  const rows = data.rows.map((item, rank) => {
    const node = row(state, data, item, rank);
    state.rows.set(item.passage, node);
    return node;
  });
  rows.splice(data.k, 0, ...(data.k < rows.length ? [h("div", { class: "v-kline" }, `k = ${data.k}`)] : []));
  keepFocus(state.root, () =>
    state.root.replaceChildren(
      dials(state, data.dials, data.picked, (id) => state.component.setTriggerValue("pick", id)),
      h("div", { class: "v-results", role: "group", "aria-label": data.words.alt }, ...rows),
      h(
        "p",
        { class: "v-hint" },
        data.words.hint,
        data.is_cosine ? data.words.cosines : null,
        data.is_own ? h("button", { type: "button", class: "v-back", onclick: () => state.component.setTriggerValue("forget", true) }, data.words.forget) : null,
      ),
    ),
  );
  if (isFirst || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const [passage, node] of state.rows) {
    const was = before.get(passage);
    const is = node.getBoundingClientRect();
    const dy = was ? was.top - is.top : 0;
    if (Math.abs(dy) > 2) node.animate([{ transform: `translateY(${dy}px)` }, { transform: "none" }], { duration: 420, easing: "cubic-bezier(.3, .7, .3, 1)" });
  }
}

function row(state, data, item, rank) {
  const next = (item.grade + 1) % 4;
  return h(
    "div",
    { class: `v-passage${item.is_relevant ? " v-relevant" : ""}${rank >= data.k ? " v-beyond" : ""}${item.id === data.picked ? " v-picked" : ""}` },
    h("span", { class: "v-place" }, String(rank + 1)),
    h(
      "button",
      {
        type: "button",
        class: `v-grade v-grade-${item.grade}${item.is_relevant ? " v-relevant" : ""}${item.is_first ? " v-first" : ""}`,
        "data-id": `grade ${item.passage}`,
        title: `${data.words.grade} ${item.grade} → ${next}`,
        "aria-label": `${data.words.grade} ${item.grade}: ${item.text}`,
        disabled: !data.is_editable,
        onclick: () => state.component.setTriggerValue("edit", { passage: item.passage, grade: next }),
        onkeydown: (event) => {
          if (!/^[0-3]$/.test(event.key)) return;
          event.preventDefault();
          state.component.setTriggerValue("edit", { passage: item.passage, grade: Number(event.key) });
        },
      },
      String(item.grade),
    ),
    h(
      "button",
      { type: "button", class: "v-passage-text", lang: item.lang, "data-id": item.id, "aria-pressed": String(item.id === data.picked), onclick: () => state.component.setTriggerValue("pick", item.id) },
      item.text,
    ),
    h("span", { class: "v-passage-score" }, h("span", { class: "v-fill", "aria-hidden": "true" }, h("i", { style: { width: `${item.share * 100}%` } })), item.shown),
  );
}

function elsewhere(state, { elsewhere: table, words }) {
  return h(
    "div",
    { class: "v-elsewhere" },
    h(
      "table",
      {},
      h("caption", {}, words.elsewhere),
      h("thead", {}, h("tr", {}, h("th", {}, ""), ...table.columns.map((name) => h("th", { scope: "col" }, name)))),
      h(
        "tbody",
        {},
        ...table.rows.map((one) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, one.name),
            ...one.cells.map((cell) =>
              h(
                "td",
                {},
                h(
                  "button",
                  {
                    type: "button",
                    class: `v-condition${cell.is_here ? " v-picked" : ""}`,
                    style: `--v-share:${cell.shade}`,
                    "aria-pressed": String(cell.is_here),
                    "data-id": cell.id,
                    onclick: () => state.component.setTriggerValue("condition", cell.id),
                  },
                  cell.shown,
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
