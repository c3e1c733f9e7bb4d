// Scores as dials with a bar that moves, shared by the rooms of answers and rankings.
import { h } from "./base.js";

// `state.bars` remembers where each bar stood, so that it moves from there.
export function dials(state, items, picked, pick) {
  state.bars ??= new Map();
  const grow = [];
  const node = h(
    "div",
    { class: "v-four" },
    ...items.map((item) => {
      const fill = h("i", { style: { width: `${state.bars.get(item.id) ?? 0}%` } });
      state.bars.set(item.id, item.value * 100);
      grow.push(() => (fill.style.width = `${item.value * 100}%`));
      return h(
        pick ? "button" : "div",
        {
          type: pick ? "button" : null,
          class: `v-one${item.id === picked ? " v-picked" : ""}`,
          "aria-pressed": pick ? String(item.id === picked) : null,
          "data-id": item.id,
          onclick: pick ? () => pick(item.id) : null,
        },
        h("b", {}, item.shown),
        h("span", {}, item.label),
        h("span", { class: "v-fill", "aria-hidden": "true" }, fill),
      );
    }),
  );
  requestAnimationFrame(() => requestAnimationFrame(() => grow.forEach((go) => go())));
  return node;
}

// A rebuilt component keeps the keyboard where it was: on the node with the same data-id.
export function keepFocus(root, rebuild) {
  const id = root.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  rebuild();
  if (id) root.querySelector(`[data-id="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
}
