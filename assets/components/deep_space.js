// Where digits lie before a net learns and while it does: two planes, the first layer's weights and the course, at one
// moment. All frames are sent once; playing, scrubbing and hovering need no server.
import { isStill, minus, unpack } from "./activation.js";
import { composeSvg, h, mount, pictureButtons, player, readTones, refit, s, saveSvg } from "./base.js";

const INKS = "0123456789abcdef";
const TONES = ["Q", "K", "V", "validation", "gradient", "probability", "positive", "negative", "X", "ok"];
const SCALE = 8000;
const percent = (share) => `${Math.round(share * 100)}%`;

export default function space(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-ds" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.foot);
    fresh.frame = 0;
    fresh.tell = (kind, value) => fresh.component.setTriggerValue(kind, value);
    refit(fresh, build);
  });
  const { step, row, ...rest } = component.data;
  const signature = JSON.stringify([rest, getComputedStyle(state.root).color]);
  state.row = row;
  if (signature === state.last) return paint(state);
  const isFirst = !state.last;
  state.last = signature;
  state.data = component.data;
  state.before = unpack(rest.before, Int16Array);
  state.after = unpack(rest.after, Int16Array);
  state.called = unpack(rest.called, Uint8Array);
  state.sure = unpack(rest.sure, Uint8Array);
  state.filters = unpack(rest.filters, Int8Array);
  const last = rest.steps.length - 1;
  state.player?.pause();
  state.player = player({
    names: rest.steps.map((t) => `${rest.words.at} ${t}`),
    words: rest.words,
    ms: 130,
    show: (at) => {
      state.frame = at;
      paint(state);
    },
    settled: (at) => !state.player.playing() && state.tell("step", at),
  });
  state.foot.replaceChildren(state.player.node, h("span", { class: "v-hint" }, rest.words.hint), pictureButtons(rest.words, (kind) => saveSvg(composeSvg(state.stage, [...state.stage.querySelectorAll("svg")]), rest.name, kind)));
  build(state);
  // A new training is watched from its first step; a shared address opens where it was left.
  if (step === null && last > 0 && !isStill() && !rest.fixed) {
    state.player.go(0, { quiet: true });
    state.player.node.querySelector(".v-play").click();
  } else state.player.go(isFirst || step !== null ? Math.min(step ?? last, last) : last, { quiet: true });
}

function build(state) {
  const { data, stage } = state;
  state.width = state.root.clientWidth;
  if (!state.width) return;
  const isWide = state.width >= 620;
  const size = Math.round(isWide ? (state.width - 24) / 2 : state.width);
  const height = Math.min(size, 380);
  state.size = [size, height];
  const panel = (title) => s("svg", { width: size, height, viewBox: `0 0 ${size} ${height}`, class: "v-ds-plane", role: "img", "aria-label": title }, s("text", { x: 8, y: 18, class: "v-title" }, title), s("text", { x: 8, y: 35, class: "v-label v-small" }, ""));
  state.panels = [panel(data.words.before), panel(data.words.after)];
  state.nodes = state.panels.map((svg) =>
    data.y.map((digit, n) => {
      const node = s("text", { class: "v-ds-digit", "data-n": n, "text-anchor": "middle" }, String(digit));
      node.style.fill = `var(--v-${TONES[digit]})`;
      svg.append(node);
      return node;
    }),
  );
  state.panels.forEach((svg) => {
    svg.addEventListener("pointerover", ({ target }) => {
      const n = target.dataset?.n;
      if (n === undefined || Number(n) === state.over) return;
      state.over = Number(n);
      paint(state);
    });
    svg.addEventListener("pointerleave", () => {
      state.over = null;
      paint(state);
    });
    svg.addEventListener("click", ({ target }) => {
      if (target.dataset?.n === undefined) return;
      state.row = Number(target.dataset.n);
      state.tell("pick", state.row);
      paint(state);
    });
  });
  state.nodes[0].forEach((node, n) => put(state, node, state.before, n, 0));
  state.about = h("div", { class: "v-ds-about" });
  state.filterBox = h("div", { class: "v-ds-filters" });
  state.tones = readTones(state.root);
  state.canvases = Array.from({ length: data.filterCount }, () => h("canvas", { width: data.filterSide, height: data.filterSide, "aria-hidden": "true" }));
  state.filterBox.append(...state.canvases);
  const W = isWide ? Math.min(420, size) : size;
  state.course = course(state, W);
  stage.replaceChildren(
    h("div", { class: "v-ds-planes" }, ...state.panels),
    h("div", { class: "v-ds-below" }, h("div", {}, h("p", { class: "v-dl-head" }, data.words.filters), state.filterBox), state.course, state.about),
  );
  paint(state);
}

function put(state, node, points, n, offset) {
  const [w, height] = state.size;
  const unit = Math.min(w, height - 30) / 4.4;
  const x = w / 2 + (points[offset + 2 * n] / SCALE) * unit * (w / Math.min(w, height));
  const y = height / 2 + 16 - (points[offset + 2 * n + 1] / SCALE) * unit;
  node.style.transform = `translate(${x.toFixed(1)}px,${(y + 4).toFixed(1)}px)`;
}

// Right on what trained and on what is scored, and how far classes lie apart, over the steps (their spacing is by frame).
function course(state, W) {
  const { data } = state;
  const H = 150;
  const pad = { l: 34, r: 8, t: 20, b: 22 };
  const last = Math.max(1, data.steps.length - 1);
  const x = (frame) => pad.l + ((W - pad.l - pad.r) * frame) / last;
  const y = (share) => pad.t + (H - pad.t - pad.b) * (1 - share);
  const path = (values) => values.map((v, k) => `${k ? "L" : "M"}${x(k).toFixed(1)} ${y(v).toFixed(1)}`).join("");
  state.cursor = s("line", { y1: pad.t, y2: H - pad.b, class: "v-dl-cursor" });
  state.at = x;
  const kinds = [
    ["seen", "train", data.words.seen],
    ["right", "validation", data.words.right],
    ["apart", "V", "η²"],
  ];
  let left = 4;
  const names = kinds.map(([, role, name]) => {
    const node = s("text", { x: left, y: 12, class: "v-small v-ds-key" }, `— ${name}`);
    node.style.fill = `var(--v-${role})`;
    left += 8 * name.length + 26;
    return node;
  });
  const lines = kinds.map(([key, role], k) => {
    const node = s("path", { d: path(data[key]), class: `v-ds-line${k === 2 ? " v-dl-dotted" : ""}` });
    node.style.stroke = `var(--v-${role})`;
    return node;
  });
  const marks = [0, Math.round(last / 2), last].map((k) => s("text", { x: x(k), y: H - 6, "text-anchor": k === last ? "end" : k ? "middle" : "start", class: "v-label v-small" }, String(data.steps[Math.min(k, data.steps.length - 1)])));
  return s("svg", { width: W, height: H, viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": data.words.course, class: "v-ds-course" }, ...[0, 0.5, 1].flatMap((v) => [s("line", { x1: pad.l, x2: W - pad.r, y1: y(v), y2: y(v), class: "v-dl-grid" }), s("text", { x: pad.l - 4, y: y(v) + 4, "text-anchor": "end", class: "v-label v-small" }, percent(v))]), ...names, ...lines, state.cursor, ...marks);
}

function paint(state) {
  const { data, frame, nodes } = state;
  if (!nodes || !data) return;
  const n = data.y.length;
  const offset = frame * n * 2;
  const shown = state.over ?? state.row;
  for (let k = 0; k < n; k++) {
    put(state, nodes[1][k], state.after, k, offset);
    const isWrong = state.called[frame * n + k] !== data.y[k];
    nodes[1][k].classList.toggle("v-ds-wrong", isWrong);
    for (const side of nodes) side[k].classList.toggle("v-picked", k === shown);
  }
  if (nodes[1][shown]) for (const [svg, side] of state.panels.map((svg, k) => [svg, nodes[k]])) svg.append(side[shown]);
  const tell = (panel, held, apart) => (state.panels[panel].children[1].textContent = `${data.words.held} ${percent(held)} · η² = ${apart.toFixed(2)}`);
  tell(0, data.heldBefore, data.apartBefore);
  tell(1, data.held[frame], data.apart[frame]);
  state.cursor.setAttribute("x1", state.at(frame));
  state.cursor.setAttribute("x2", state.at(frame));
  drawFilters(state);
  const canvas = h("canvas", { width: data.side, height: data.side, "aria-hidden": "true" });
  ink(state, canvas, [...data.ink[shown]].map((c) => INKS.indexOf(c) * 17), "--v-ink");
  const called = state.called[frame * n + shown];
  const isRight = called === data.y[shown];
  state.about.replaceChildren(
    canvas,
    h("div", {}, h("b", { class: isRight ? "v-dl-yes" : "v-dl-no" }, `${called} ${isRight ? "✓" : "✗"}`), h("span", {}, `${data.words.sure} ${state.sure[frame * n + shown]}%`), h("span", {}, `${data.words.seen} ${percent(data.seen[frame])}`), h("span", {}, `${data.words.right} ${percent(data.right[frame])}`)),
  );
}

function ink(state, canvas, alphas, name) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  alphas.forEach((value, p) => image.data.set([...state.tones(name), value], p * 4));
  context.putImageData(image, 0, 0);
}

// Positive weights in one colour, negative in the other; the paper is zero.
function drawFilters(state) {
  const { data, frame } = state;
  const size = data.filterSide ** 2;
  const [plus, less] = [state.tones("--v-positive"), state.tones("--v-negative")];
  state.canvases.forEach((canvas, k) => {
    const context = canvas.getContext("2d");
    const image = context.createImageData(data.filterSide, data.filterSide);
    const from = (frame * data.filterCount + k) * size;
    for (let p = 0; p < size; p++) {
      const v = state.filters[from + p];
      image.data.set([...(v < 0 ? less : plus), Math.abs(v) * 2], p * 4);
    }
    context.putImageData(image, 0, 0);
    canvas.title = size === 9 ? Array.from(state.filters.subarray(from, from + 9), (v) => minus((v / 127).toFixed(2))).join(" ") : "";
  });
}
