// Two systems under several metrics: a row a metric, the difference with its interval on one scale. A click picks a row.
import { h, mount, s } from "./base.js";

const W = 220, H = 24;

export default function league(component) {
  const state = mount(component, () => {});
  const { data } = component;
  const signature = JSON.stringify(data);
  if (state.last === signature) return;
  state.last = signature;
  const focus = state.root.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  const { words } = data;
  const head = h("div", { class: "v-league v-leaguehead" }, ...["", "A", "B", "A − B", words.axis, "p"].map((name, k) => h("span", { class: k === 4 ? "v-leagueaxis" : "" }, name)));
  const score = ([value, about]) => h("span", { class: "v-leaguescore" }, value, " ", h("small", {}, about));
  const rows = data.rows.map((row) =>
    h(
      "button",
      {
        type: "button",
        class: `v-league${row.name === data.picked ? " v-picked" : ""}${row.real ? "" : " v-chance"}`,
        "aria-pressed": String(row.name === data.picked),
        "data-name": row.name,
        onclick: () => state.component.setTriggerValue("pick", row.name),
      },
      h("span", {}, h("b", {}, row.title), row.note ? h("small", {}, row.note) : null),
      score(row.a),
      score(row.b),
      h("span", { class: "v-leaguescore" }, row.difference),
      whisker(row),
      h("span", { class: "v-leaguep" }, row.p, h("small", {}, row.real ? words.real : words.chance)),
    ),
  );
  state.root.replaceChildren(h("div", { class: "v-leagues", role: "group", "aria-label": words.alt }, head, ...rows), h("p", { class: "v-hint" }, words.hint));
  if (focus) state.root.querySelector(`[data-name="${focus}"]`)?.focus({ preventScroll: true });
}

function whisker(row) {
  const x = (value) => ((value + 1) / 2) * W;
  const mid = H / 2;
  return s(
    "svg",
    { class: "v-whisker", viewBox: `0 0 ${W} ${H}`, "aria-hidden": "true" },
    s("line", { class: "v-zero", x1: x(0), x2: x(0), y1: 0, y2: H }),
    s("line", { class: "v-reach", x1: x(row.low), x2: x(row.high), y1: mid, y2: mid }),
    ...[row.low, row.high].map((end) => s("line", { class: "v-reach", x1: x(end), x2: x(end), y1: mid - 5, y2: mid + 5 })),
    s("circle", { class: "v-at", cx: x(row.at), cy: mid, r: 5 }),
  );
}
