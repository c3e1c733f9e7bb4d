// Segments in which two systems part: the reference, both outputs with what differs from it, their scores. A click picks one.
import { h, mount } from "./base.js";

export default function duel(component) {
  const state = mount(component, () => {});
  const { data } = component;
  const signature = JSON.stringify(data);
  if (state.last === signature) return;
  state.last = signature;
  const focus = state.root.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  const mark = ([space, text, kind]) => [space, kind === "gone" ? h("s", {}, text) : kind === "new" ? h("ins", {}, text) : text];
  const rows = data.rows.map((row) =>
    h(
      "button",
      {
        type: "button",
        class: `v-duel${row.name === data.picked ? " v-picked" : ""}`,
        "aria-pressed": String(row.name === data.picked),
        "data-name": row.name,
        onclick: () => state.component.setTriggerValue("pick", row.name),
      },
      h("span", { class: "v-duelnumber" }, row.name),
      h(
        "span",
        { class: "v-duellines" },
        h("span", { class: "v-duelline v-duelreference" }, h("b", {}, data.words.reference), h("span", {}, row.reference), h("i", {}, "")),
        ...row.outputs.map((output) => h("span", { class: "v-duelline" }, h("b", {}, output.system), h("span", {}, ...(output.pieces.length ? output.pieces.flatMap(mark) : ["—"])), h("i", {}, output.score))),
      ),
      h("span", { class: "v-duelgap" }, row.difference),
    ),
  );
  state.root.replaceChildren(h("div", { class: "v-duels", role: "group", "aria-label": data.words.alt }, ...rows), h("p", { class: "v-hint" }, data.words.hint));
  if (focus) state.root.querySelector(`[data-name="${focus}"]`)?.focus({ preventScroll: true });
}
