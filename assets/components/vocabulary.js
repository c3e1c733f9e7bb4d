// A sentence cut by several tokenizers, and a vocabulary to search in. Searching and sorting stay in the browser.
import { h, mount } from "./base.js";

export default function vocabulary(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add("v-vo");
    fresh.order = "id";
    fresh.part = "";
  });
  const { data } = component;
  const signature = JSON.stringify(data);
  state.data = data;
  if (state.last === signature) return;
  state.last = signature;
  if (data.part === "sentence") {
    state.root.replaceChildren(...data.rows.map((row) => line(row, data.words)));
    return;
  }
  const isFocused = state.root.contains(document.activeElement) && document.activeElement.tagName === "INPUT";
  browse(state);
  if (isFocused) state.root.querySelector("input").focus({ preventScroll: true });
}

function line(row, words) {
  const pieces = row.pieces.map(([shown, piece, id]) =>
    h("span", { class: `v-sw-chip${id < 0 ? " v-sw-unknown" : ""}`, title: id < 0 ? words.unknown : shown === piece ? `id ${id}` : `${piece} · id ${id}` }, shown),
  );
  return h(
    "div",
    { class: "v-vo-line" },
    h(
      "div",
      { class: `v-vo-name${row.chosen ? " v-vo-chosen" : ""}` },
      h("b", {}, row.name),
      h("small", {}, `${words.pieces} ${row.pieces.length}`),
      row.lost ? h("small", { class: "v-vo-lost" }, `${words.lost} ${row.lost}`) : null,
    ),
    h("div", { class: "v-vo-pieces" }, ...pieces),
  );
}

const ORDERS = {
  id: () => 0,
  count: (a, b) => b.count - a.count,
  length: (a, b) => b.length - a.length,
};

function browse(state) {
  const { words } = state.data;
  const list = h("div", { class: "v-vo-list" });
  const told = h("output", {});
  const field = h("input", {
    type: "search",
    placeholder: words.search,
    "aria-label": words.search,
    maxlength: 20,
    oninput: (event) => {
      state.part = event.target.value;
      fill(state, list, told);
    },
  });
  field.value = state.part;
  const buttons = Object.keys(ORDERS).map((name) =>
    h(
      "button",
      {
        type: "button",
        "data-order": name,
        onclick: () => {
          state.order = name;
          fill(state, list, told);
        },
      },
      words[`by_${name}`],
    ),
  );
  state.root.replaceChildren(h("h5", {}, words.vocabulary), h("div", { class: "v-vo-tools" }, field, ...buttons, told), list);
  fill(state, list, told);
}

function fill(state, list, told) {
  const items = state.data.vocabulary.map(([shown, piece, count], id) => ({ shown, piece, count, id, length: [...shown].length }));
  const part = state.part.toLowerCase();
  const found = items.filter((item) => item.shown.toLowerCase().includes(part)).sort(ORDERS[state.order]);
  const largest = Math.log1p(Math.max(1, ...items.map((item) => item.count)));
  told.textContent = `${found.length} / ${items.length}`;
  list.replaceChildren(
    ...found.map((item) =>
      h(
        "span",
        {
          class: "v-sw-piece",
          style: `--v-weight:${(Math.log1p(item.count) / largest).toFixed(2)}`,
          title: `id ${item.id} · ×${item.count}${item.shown === item.piece ? "" : ` · ${item.piece}`}`,
        },
        item.shown,
        h("small", {}, state.order === "id" ? String(item.id) : state.order === "count" ? `×${item.count}` : String(item.length)),
      ),
    ),
  );
  for (const button of state.root.querySelectorAll("[data-order]")) button.setAttribute("aria-pressed", String(button.dataset.order === state.order));
}
