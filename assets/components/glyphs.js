// What a reader sees, over the code points it is made of, over their bytes; lengths in every form, and the ladder.
import { h, mount } from "./base.js";

export default function glyphs(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add("v-gl");
    fresh.root.addEventListener("click", (event) => {
      const node = event.target.closest?.("[data-at]");
      if (node) fresh.component.setTriggerValue("pick", node.dataset.at);
    });
  });
  const { data } = component;
  const { picked, ...rest } = data;
  const signature = JSON.stringify(rest);
  if (state.last !== signature) {
    state.last = signature;
    const focus = state.root.contains(document.activeElement) ? document.activeElement.dataset.at : null;
    state.root.replaceChildren(...data.strips.map((strip) => drawStrip(data, strip)), mixed(data), tables(data));
    if (focus) state.root.querySelector(`[data-at="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
  }
  for (const node of state.root.querySelectorAll("[data-at]")) node.classList.toggle("v-picked", node.dataset.at === picked);
}

function drawStrip(data, strip) {
  const title = data.strips.length > 1 ? h("h5", {}, data.words[strip.id]) : null;
  return h("div", {}, title, h("div", { class: "v-gl-strip" }, ...strip.clusters.map(([shown, points], n) => cluster(strip.id, shown, points, n))));
}

function cluster(id, shown, points, n) {
  return h(
    "div",
    { class: `v-gl-cluster${points.length > 1 ? " v-gl-many" : ""}` },
    h("b", {}, shown),
    h(
      "div",
      { class: "v-gl-points" },
      ...points.map(([sign, code, name, bytes, script], k) =>
        h(
          "button",
          { type: "button", class: `v-gl-point v-gl-${script.toLowerCase() || "none"}`, "data-at": `${id}.${n}.${k}`, title: name },
          points.length > 1 ? h("span", {}, sign) : null,
          h("small", {}, code),
          h("em", {}, bytes),
        ),
      ),
    ),
  );
}

function mixed(data) {
  return data.mixed.length ? h("p", { class: "v-gl-mixed" }, `⚠ ${data.words.mixed} ${data.mixed.join(", ")}`) : h("span", { hidden: true });
}

function tables(data) {
  const head = h("tr", {}, h("th", {}, ""), ...data.head.map((name) => h("th", {}, name)));
  const rows = data.forms.map(([name, ...counts], n) =>
    h("tr", { class: n === data.chosen ? "v-gl-chosen" : "" }, h("td", {}, name), ...counts.map((value) => h("td", {}, String(value)))),
  );
  const rungs = data.ladder.map(([name, isSame]) =>
    h("div", { class: `v-gl-rung${isSame ? " v-gl-same" : ""}` }, h("b", {}, isSame ? "=" : "≠"), h("span", {}, name)),
  );
  return h(
    "div",
    { class: "v-gl-tables" },
    h("div", {}, h("h5", {}, data.words.lengths), h("table", { class: "v-gl-table" }, head, ...rows)),
    h("div", {}, h("h5", {}, data.words.ladder), h("div", { class: "v-gl-ladder" }, ...rungs)),
  );
}
