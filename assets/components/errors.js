// Damaged sentences under several metrics: a row an error, the changed words marked, a bar a metric. A click picks a row.
import { h, mount } from "./base.js";

export default function errors(component) {
  const state = mount(component, () => {});
  const { data } = component;
  const signature = JSON.stringify(data);
  if (state.last === signature) return;
  state.last = signature;
  const focus = state.root.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  const head = h(
    "div",
    { class: "v-error v-errorhead" },
    h("span", {}, ""),
    ...data.metrics.map((name) => h("span", {}, name)),
  );
  const rows = data.rows.map((row) =>
    h(
      "button",
      {
        type: "button",
        class: `v-error${row.name === data.picked ? " v-picked" : ""}`,
        "aria-pressed": String(row.name === data.picked),
        "data-name": row.name,
        onclick: () => state.component.setTriggerValue("pick", row.name),
      },
      h(
        "span",
        { class: "v-errortext" },
        h("b", {}, `${row.number} · ${row.title}`),
        h("span", {}, ...row.pieces.flatMap(([space, text, mark]) => [space, mark === "gone" ? h("s", {}, text) : mark === "new" ? h("ins", {}, text) : text])),
      ),
      ...row.bars.map((bar) =>
        h("span", { class: `v-errorbar${bar.least ? " v-least" : ""}` }, h("i", { style: `--v-share:${bar.length}` }), h("span", {}, bar.least ? `${bar.text} ◂` : bar.text)),
      ),
    ),
  );
  state.root.replaceChildren(
    h("div", { class: "v-errors", role: "group", "aria-label": data.words.alt, style: `--v-columns:${data.metrics.length}` }, head, ...rows),
    h("p", { class: "v-hint" }, data.words.hint),
  );
  if (focus) state.root.querySelector(`[data-name="${focus}"]`)?.focus({ preventScroll: true });
}
