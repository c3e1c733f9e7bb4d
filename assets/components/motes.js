// Points that move while something is learnt: a scatter or a map at every recorded moment, played in the browser, with
// lists beside it that change along. A click picks a point.
import { composeSvg, h, later, mount, pictureButtons, player, s, saveSvg } from "./base.js";

const HEIGHT = 440;
const PADS = { axes: { left: 52, right: 14, top: 12, bottom: 40 }, map: { left: 2, right: 2, top: 2, bottom: 6 } };
const SHAPES = {
  circle: (r) => `M${-r},0a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0`,
  square: (r) => `M${-r},${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
  triangle: (r) => `M0,${-1.25 * r}L${1.15 * r},${0.85 * r}L${-1.15 * r},${0.85 * r}z`,
  diamond: (r) => `M0,${-1.4 * r}L${1.4 * r},0L0,${1.4 * r}L${-1.4 * r},0z`,
};

function numbers(packed) {
  return new Float32Array(Uint8Array.from(atob(packed), (c) => c.charCodeAt(0)).buffer);
}

export default function motes(component) {
  const state = mount(component, (fresh) => {
    fresh.body = h("div", { class: "v-motes" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.body, fresh.foot);
    fresh.settle = later(60, (id) => fresh.component.setTriggerValue("pick", id));
    new ResizeObserver(() => fresh.data && Math.abs(fresh.body.clientWidth - fresh.width) > 4 && draw(fresh)).observe(fresh.root);
  });
  const { data } = component;
  const signature = JSON.stringify({ ...data, step: null });
  if (state.last === signature) {
    if (!state.player.playing()) state.player.go(data.step, { quiet: true });
    return;
  }
  const before = state.data;
  state.last = signature;
  state.data = data;
  state.x = numbers(data.x);
  state.y = numbers(data.y);
  const names = JSON.stringify([data.names.length, data.words]);
  const isPlaying = state.player?.playing();
  if (state.footFor !== names) {
    state.footFor = names;
    state.player?.pause();
    state.player = player({
      names: data.names,
      words: data.words,
      ms: 130,
      show: (t) => at(state, t),
      settled: (t) => state.component.setTriggerValue("step", t),
    });
    state.label = state.player.node.querySelector(".v-step");
    state.foot.replaceChildren(
      state.player.node,
      h("span", { class: "v-hint" }, data.words.hint),
      pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.plane, [state.svg]), state.data.name, kind)),
    );
  }
  draw(state);
  if (!isPlaying || !before) state.player.go(data.step, { quiet: true });
}

function draw(state) {
  const { data, body } = state;
  const focus = body.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  const isNarrow = state.root.clientWidth < 640;
  state.width = body.clientWidth;
  // Two lists stand beside the plane, more of them under it.
  const isBeside = data.lists.length > 0 && data.lists.length < 3 && !isNarrow;
  const room = state.root.clientWidth - (isBeside ? 24 + 168 * data.lists.length : 0);
  const width = Math.max(280, room);
  const PAD = data.axes[0] ? PADS.axes : PADS.map;
  const [x0, x1, y0, y1] = data.range;
  const right = width - PAD.right;
  const low = HEIGHT - PAD.bottom;
  state.sx = (v) => PAD.left + ((v - x0) / (x1 - x0)) * (right - PAD.left);
  state.sy = (v) => low - ((v - y0) / (y1 - y0)) * (low - PAD.top);
  const svg = s("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": data.alt, class: "v-motes-plane" });
  svg.append(s("rect", { x: PAD.left, y: PAD.top, width: right - PAD.left, height: low - PAD.top, class: "v-motes-frame" }));
  for (const v of ticks(x0, x1)) {
    svg.append(s("line", { x1: state.sx(v), x2: state.sx(v), y1: PAD.top, y2: low, class: "v-motes-grid" }));
    if (data.axes[0]) svg.append(s("text", { x: state.sx(v), y: low + 15, "text-anchor": "middle", class: "v-label" }, written(v)));
  }
  for (const v of ticks(y0, y1)) {
    svg.append(s("line", { x1: PAD.left, x2: right, y1: state.sy(v), y2: state.sy(v), class: "v-motes-grid" }));
    if (data.axes[1]) svg.append(s("text", { x: PAD.left - 6, y: state.sy(v) + 4, "text-anchor": "end", class: "v-label" }, written(v)));
  }
  if (data.diagonal) {
    const a = Math.max(x0, y0);
    const b = Math.min(x1, y1);
    svg.append(s("line", { x1: state.sx(a), y1: state.sy(a), x2: state.sx(b), y2: state.sy(b), class: "v-motes-ideal" }));
  }
  svg.append(
    s("text", { x: right, y: HEIGHT - 6, "text-anchor": "end", class: "v-label" }, data.axes[0]),
    s("text", { x: 0, y: 0, transform: `translate(13,${PAD.top}) rotate(-90)`, "text-anchor": "end", class: "v-label" }, data.axes[1]),
  );
  state.nodes = data.ids.map((id, n) => {
    const node = s(
      "g",
      {
        class: `v-mote${id === data.picked ? " v-picked" : ""}${data.shown[n] ? " v-named" : ""}`,
        "data-id": id,
        tabindex: id === data.picked ? 0 : -1,
        role: "button",
        "aria-label": data.labels[n],
      },
      s("title", {}, data.labels[n]),
      s("path", { d: SHAPES[data.shapes[n]](data.sizes[n]), style: `fill:var(--v-${data.roles[n]})` }),
    );
    if (data.shown[n]) node.append(s("text", { x: data.sizes[n] + 3, y: 4 }, data.labels[n]));
    node.across = 7.2 * [...data.labels[n]].length;
    return node;
  });
  const order = [...state.nodes].sort((a, b) => rank(a) - rank(b));
  svg.append(s("g", {}, order));
  const pick = (event) => {
    const id = event.target.closest?.("[data-id]")?.dataset.id;
    if (id) state.settle(id);
  };
  svg.addEventListener("click", pick);
  svg.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      pick(event);
      event.preventDefault();
      return;
    }
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const here = state.nodes.indexOf(event.target.closest?.("[data-id]"));
    if (!by || here < 0) return;
    const next = state.nodes[(here + by + state.nodes.length) % state.nodes.length];
    next.setAttribute("tabindex", 0);
    next.focus();
    event.preventDefault();
  });
  state.svg = svg;
  state.plane = h("div", { class: "v-motes-left" }, svg, legend(data));
  state.lists = data.lists.map((list) => h("ol", { "aria-label": list.title }));
  const side = h(
    "div",
    { class: "v-motes-side" },
    data.lists.map((list, n) => h("div", {}, h("b", {}, list.title), list.note ? h("small", {}, list.note) : null, state.lists[n])),
  );
  body.replaceChildren(state.plane, ...(data.lists.length ? [side] : []));
  at(state, Math.min(state.player?.index() ?? data.step, data.names.length - 1));
  if (focus) body.querySelector(`[data-id="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
}

const rank = (node) => (node.classList.contains("v-picked") ? 2 : node.classList.contains("v-named") ? 1 : 0);

function legend(data) {
  return h(
    "div",
    { class: "v-motes-legend" },
    data.legend.map(({ role, shape, text }) =>
      h("span", {}, s("svg", { width: 14, height: 14, viewBox: "-7 -7 14 14", "aria-hidden": "true" }, s("path", { d: SHAPES[shape](4.5), style: `fill:var(--v-${role})` })), text),
    ),
  );
}

function at(state, t) {
  const { data } = state;
  if (state.label) state.label.textContent = data.names[t];
  const n = data.ids.length;
  const isStill = state.x.length === n;
  state.nodes?.forEach((node, k) => {
    node.setAttribute("transform", `translate(${state.sx(state.x[isStill ? k : t * n + k])},${state.sy(state.y[t * n + k])})`);
  });
  if (state.nodes) spread(state, t, isStill);
  state.lists?.forEach((node, k) => {
    const list = data.lists[k];
    const rows = list.rows[Math.min(t, list.rows.length - 1)];
    node.replaceChildren(
      ...rows.map(([word, cosine, role]) =>
        h(
          "li",
          {},
          h("span", { class: role ? `v-motes-tag` : "", style: role ? `--v-tag:var(--v-${role})` : "" }, word),
          h("i", { style: `width:${Math.max(0, Math.min(1, cosine)) * 100}%` }),
          h("small", {}, written2(cosine)),
        ),
      ),
    );
  });
}

// Names that would lie over others are left out, the picked one never; a name flips to the left where the plane ends.
function spread(state, t, isStill) {
  const n = state.data.ids.length;
  const width = Number(state.svg.getAttribute("width"));
  const taken = [];
  const named = state.nodes.map((node, k) => ({ node, k })).filter(({ node }) => node.lastChild.tagName === "text");
  named.sort((a, b) => rank(b.node) - rank(a.node) || state.data.sizes[b.k] - state.data.sizes[a.k]);
  for (const { node, k } of named) {
    const text = node.lastChild;
    const gap = state.data.sizes[k] + 3;
    const x = state.sx(state.x[isStill ? k : t * n + k]);
    const y = state.sy(state.y[t * n + k]);
    const isLeft = x + gap + node.across > width;
    text.setAttribute("x", isLeft ? -gap : gap);
    text.setAttribute("text-anchor", isLeft ? "end" : "start");
    const box = [isLeft ? x - gap - node.across : x + gap, y - 8];
    const isFree = taken.every(([left, top, across]) => box[0] > left + across || box[0] + node.across < left || Math.abs(box[1] - top) > 13);
    text.style.display = isFree ? "" : "none";
    if (isFree) taken.push([...box, node.across]);
  }
}

const written = (v) => String(Number(v.toFixed(2))).replace("-", "−");
const written2 = (v) => v.toFixed(2).replace("-", "−");

function ticks(low, high) {
  const rough = (high - low) / 6;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((m) => m >= rough);
  const out = [];
  for (let v = Math.ceil(low / step) * step; v <= high + 1e-9; v += step) out.push(v);
  return out;
}
