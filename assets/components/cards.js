// A score as an equation of cards: the result, what it is made of, the signs between. Some cards can be picked.
import { h, mount } from "./base.js";

export function equation(items, name, pick) {
  return h("div", { class: "v-equation", role: "group", "aria-label": name }, ...items.map((item) => card(item, pick)));
}

function card(item, pick) {
  if (item.kind === "sign") return h("span", { class: "v-sign" }, item.label, item.power ? h("sup", {}, item.power) : null);
  const inside = [h("small", {}, item.label), h("b", {}, item.value), h("small", {}, item.note)];
  if (item.kind !== "order") return h("div", { class: `v-card v-card-${item.kind}` }, ...inside);
  return h(
    "button",
    {
      type: "button",
      class: `v-card v-card-order${item.picked ? " v-picked" : ""}${item.off ? " v-off" : ""}`,
      "aria-pressed": String(item.picked),
      "data-key": `order-${item.order}`,
      onclick: () => pick(item.order),
    },
    ...inside,
    ...item.bars.map((share) => h("i", { style: `--v-share:${share}` })),
  );
}

export default function cards(component) {
  const state = mount(component, () => {});
  const signature = JSON.stringify(component.data);
  if (state.last === signature) return;
  state.last = signature;
  state.root.replaceChildren(equation(component.data.equation, component.data.name, () => {}));
}
