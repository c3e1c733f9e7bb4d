// The map of the course: every room, what it needs, which ones stand. Hover or focus a room to see its path.
import { h, mount, s } from "./base.js";

export default function course(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add("v-course");
    new ResizeObserver(() => lines(fresh)).observe(fresh.root);
  });
  const { data } = component;
  const signature = JSON.stringify(data);
  if (state.last === signature) return;
  state.last = signature;
  state.data = data;
  state.cards = new Map();
  state.wires = s("svg", { class: "v-wires", "aria-hidden": "true" });
  state.root.replaceChildren(
    state.wires,
    h(
      "div",
      { class: "v-columns" },
      data.sections.map((section) =>
        h("section", { "aria-label": section.title }, h("h3", {}, section.title), section.topics.map((topic) => card(state, topic))),
      ),
    ),
  );
  requestAnimationFrame(() => lines(state));
}

function card(state, topic) {
  const inside = [h("b", {}, topic.title), h("span", {}, topic.question)];
  if (!topic.built) inside.push(h("em", {}, state.data.planned));
  const node = topic.built
    ? h("a", { class: "v-topic v-built", href: topic.href, onclick: (event) => open(state, event, topic) }, inside)
    : h("div", { class: "v-topic v-planned", tabindex: 0, "aria-disabled": "true" }, inside);
  if (topic.found) {
    node.classList.add("v-found");
    requestAnimationFrame(() => node.scrollIntoView({ block: "center", behavior: "smooth" }));
  }
  for (const event of ["pointerenter", "focus"]) node.addEventListener(event, () => trace(state, topic.slug));
  for (const event of ["pointerleave", "blur"]) node.addEventListener(event, () => trace(state, null));
  state.cards.set(topic.slug, { node, topic });
  return node;
}

// A plain click stays in the session; with a modifier key the browser does what a link does.
function open(state, event, topic) {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  state.component.setTriggerValue("open", topic.slug);
}

function reach(state, slug, next) {
  const seen = new Set();
  const queue = [slug];
  while (queue.length) for (const other of next(queue.pop())) if (!seen.has(other)) seen.add(other) && queue.push(other);
  return seen;
}

function trace(state, slug) {
  const before = slug ? reach(state, slug, (x) => state.cards.get(x).topic.needs) : new Set();
  const after = slug
    ? reach(state, slug, (x) => [...state.cards.values()].filter((c) => c.topic.needs.includes(x)).map((c) => c.topic.slug))
    : new Set();
  for (const [name, { node }] of state.cards) {
    node.classList.toggle("v-before", before.has(name));
    node.classList.toggle("v-after", after.has(name));
    node.classList.toggle("v-faded", Boolean(slug) && name !== slug && !before.has(name) && !after.has(name));
  }
  const path = new Set([...before, ...after, slug]);
  for (const wire of state.wires.children) {
    wire.classList.toggle("v-on", path.has(wire.dataset.from) && path.has(wire.dataset.to));
  }
}

function lines(state) {
  if (!state.wires) return;
  const frame = state.root.getBoundingClientRect();
  state.wires.replaceChildren();
  if (frame.width < 760) return;
  for (const [slug, { node, topic }] of state.cards) {
    const to = node.getBoundingClientRect();
    for (const need of topic.needs) {
      const from = state.cards.get(need).node.getBoundingClientRect();
      const same = Math.abs(from.left - to.left) < 5;
      const side = same || from.left < to.left;
      const x1 = (same ? from.left : side ? from.right : from.left) - frame.left;
      const x2 = (side ? to.left : to.right) - frame.left;
      const y1 = from.top + from.height / 2 - frame.top;
      const y2 = to.top + to.height / 2 - frame.top;
      const bend = same ? -14 : (x2 - x1) / 2;
      const path = same
        ? `M${x1},${y1} C${x1 + bend},${y1} ${x2 + bend},${y2} ${x2},${y2}`
        : `M${x1},${y1} C${x1 + bend},${y1} ${x2 - bend},${y2} ${x2},${y2}`;
      state.wires.append(s("path", { d: path, "data-from": need, "data-to": slug }));
    }
  }
}
