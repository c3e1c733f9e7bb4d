// A small net learns: its answer on the plane, the same points in its last hidden space, and every unit's own plane.
// Only the weights of each recorded step were sent; the planes are computed here.
import { isStill, line, scale, unpack, write } from "./activation.js";
import { composeSvg, h, later, mount, pictureButtons, player, readTones, s, saveSvg } from "./base.js";
import { sigmoid } from "./neuron.js";

const GRID = 52;
const SPACE = 44;
const THUMB = 18;
const WARP = 9; // lines of the plane's own grid, drawn where the net puts them
const BENDS = { tanh: Math.tanh, relu: (z) => (z > 0 ? z : 0), sigmoid, identity: (z) => z };

export default function hidden(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-hi" });
    fresh.units = h("div", { class: "v-hi-units", role: "group" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.units, fresh.foot);
    fresh.tell = (kind, value) => !fresh.data.fixed && fresh.component.setTriggerValue(kind, value);
    new ResizeObserver(later(100, () => fresh.data && fresh.width !== fresh.root.clientWidth && build(fresh))).observe(fresh.root);
  });
  const { step, picked, unit, ...rest } = component.data;
  const signature = JSON.stringify([rest, getComputedStyle(state.root).color]);
  state.picked = picked;
  state.unit = unit;
  if (signature === state.last) return paint(state);
  const isFirst = !state.data;
  state.last = signature;
  state.data = component.data;
  state.theta = unpack(rest.theta, Float32Array);
  state.across = unpack(rest.across, Float32Array);
  state.loss = unpack(rest.loss, Float32Array);
  state.right = unpack(rest.right, Float32Array);
  state.player?.pause();
  const last = rest.steps.length - 1;
  state.player = player({
    names: rest.steps.map((t) => `${rest.words.at} ${t}`),
    words: rest.words,
    ms: 28,
    show: (k) => {
      state.k = k;
      state.frame ||= requestAnimationFrame(() => {
        state.frame = 0;
        paint(state);
      });
    },
    settled: (k) => !state.player.playing() && (k === last ? null : k) !== state.data.step && state.tell("step", k === last ? null : k),
  });
  state.k = step === null ? last : Math.min(step, last);
  build(state);
  state.player.go(state.k, { quiet: true });
  // Every new run is seen learning; a shared step is seen standing.
  if (step === null && !rest.fixed && !isStill()) {
    state.player.go(0, { quiet: true });
    state.player.node.querySelector(".v-play").click();
  } else if (!isFirst) paint(state);
}

// The parameters of a recorded step, layer by layer: [W (out × in, row by row), b].
function layersAt(state, k) {
  const { sizes } = state.data;
  const total = state.theta.length / state.data.steps.length;
  let at = k * total;
  return sizes.slice(1).map((m, l) => {
    const n = sizes[l];
    const W = state.theta.subarray(at, at + m * n);
    const b = state.theta.subarray(at + m * n, at + m * n + m);
    at += m * n + m;
    return { W, b, n, m };
  });
}

// All hidden layers of one point; the last entry of the result is z.
function forward(layers, fire, x, y, out) {
  let from = [x, y];
  layers.forEach(({ W, b, n, m }, l) => {
    const to = out[l];
    for (let i = 0; i < m; i++) {
      let sum = b[i];
      for (let j = 0; j < n; j++) sum += W[i * n + j] * from[j];
      to[i] = l === layers.length - 1 ? sum : fire(sum);
    }
    from = to;
  });
  return out;
}

function build(state) {
  const { data } = state;
  const width = (state.width = state.root.clientWidth);
  if (!width) return;
  const isRow = width >= 700; // all three side by side, else the course goes below
  const size = isRow ? Math.min(330, Math.floor((width - 262) / 2)) : width >= 520 ? Math.floor((width - 28) / 2) : Math.min(width - 2, 400);
  const third = isRow ? Math.min(330, width - 2 * size - 56) : width - 4;
  const [x0, x1, y0, y1] = data.view;
  const [s0, s1, s2, s3] = data.space;
  state.x = scale(x0, x1, 0, size);
  state.y = scale(y0, y1, size, 0);
  state.sx = scale(s0, s1, 0, size);
  state.sy = scale(s2, s3, size, 0);
  state.map = h("canvas", { width: GRID, height: GRID, "aria-hidden": "true", style: { width: `${size}px`, height: `${size}px` } });
  state.space = h("canvas", { width: SPACE, height: SPACE, "aria-hidden": "true", style: { width: `${size}px`, height: `${size}px` } });
  const frame = (name) => s("svg", { width: size, height: size, viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": name });
  const plane = frame(data.alt);
  const other = frame(data.words.space);
  const hidden = data.sizes.length > 2 ? data.sizes[1] : 0;
  state.hinges = Array.from({ length: hidden }, () => s("line", { class: "v-hi-hinge" }));
  state.cut = s("line", { class: "v-hi-cut" });
  state.warps = Array.from({ length: 2 * WARP }, () => s("path", { class: "v-hi-warp" }));
  const radius = data.X.length > 20 ? 3.6 : 7;
  const dots = () => data.X.map((_, k) => s("circle", { r: data.y[k] ? radius : radius - 0.6, class: data.y[k] ? "v-dy-one" : "v-dy-none", "data-k": k, onclick: () => pick(state, "pick", k) }));
  state.dots = dots();
  state.images = dots();
  state.rings = [s("circle", { r: radius + 4.5, class: "v-ne-ring" }), s("circle", { r: radius + 4.5, class: "v-ne-ring" })];
  state.dots.forEach((dot, k) => {
    dot.setAttribute("cx", state.x(data.X[k][0]));
    dot.setAttribute("cy", state.y(data.X[k][1]));
  });
  if (!hidden) plane.append(bestLine(state, size));
  plane.append(...state.hinges, state.rings[0], ...state.dots);
  other.append(...state.warps, state.cut, state.rings[1], ...state.images);
  const card = (title, canvas, svg) => h("figure", { style: { width: `${size}px` } }, h("figcaption", {}, title), h("div", { class: "v-hi-box", style: { width: `${size}px`, height: `${size}px` } }, canvas, svg));
  state.told = h("p", { class: "v-ne-told" });
  state.stage.replaceChildren(
    card(data.words.plane, state.map, plane),
    card(hidden ? (hidden === 2 ? data.words.space2 : data.words.space) : data.words.none, state.space, other),
    h("figure", { style: { width: `${third}px` } }, state.told, course(state, third)),
  );
  state.thumbs = Array.from({ length: hidden }, (_, k) => {
    const canvas = h("canvas", { width: THUMB, height: THUMB });
    const node = h("button", { type: "button", class: "v-hi-unit", "aria-label": `${data.words.unit} ${k + 1}`, onclick: () => pick(state, "unit", k) }, canvas, h("span", {}, `h${"₁₂₃₄₅₆₇₈"[k]}`));
    return { node, canvas };
  });
  state.units.replaceChildren(...state.thumbs.map(({ node }) => node));
  state.foot.replaceChildren(
    state.player.node,
    pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.stage, [...state.stage.querySelectorAll("svg")]), data.key, kind)),
    ...(data.fixed ? [] : [h("span", { class: "v-hint v-ne-hint" }, hidden ? data.words.hint : data.words.hintOne)]),
  );
  state.tones = readTones(state.root);
  paint(state);
}

function bestLine(state, size) {
  const { a, d } = state.data.best;
  const far = 10;
  const [px, py] = [a[0] * d, a[1] * d];
  return s("line", { class: "v-hi-best", x1: state.x(px - far * a[1]), y1: state.y(py + far * a[0]), x2: state.x(px + far * a[1]), y2: state.y(py - far * a[0]), "data-size": size });
}

function pick(state, kind, k) {
  state[kind === "unit" ? "unit" : "picked"] = k;
  paint(state);
  state.tell(kind, k);
}

// The loss and the share of right answers over the steps; the green line is what the best straight line gets right.
function course(state, width) {
  const { data } = state;
  const box = { left: 36, right: 6, top: 8, height: 210, bottom: 22 };
  const n = data.steps.at(-1);
  state.cx = scale(0, Math.max(1, n), box.left, width - box.right);
  const share = scale(0, 1, box.height - box.bottom, box.top);
  const svg = s("svg", { width, height: box.height, viewBox: `0 0 ${width} ${box.height}`, role: "img", "aria-label": data.words.course });
  for (const v of [0, 0.25, 0.5, 0.75, 1]) svg.append(s("line", { x1: box.left, x2: width - box.right, y1: share(v), y2: share(v), class: "v-ac-grid" }), s("text", { x: box.left - 5, y: share(v) + 4, class: "v-label v-small", "text-anchor": "end" }, write(v, 2)));
  const best = share(data.best.right / data.X.length);
  const xs = data.steps.map((t) => state.cx(t));
  state.cursor = s("line", { y1: box.top, y2: box.height - box.bottom, class: "v-dy-cursor" });
  svg.append(
    s("line", { x1: box.left, x2: width - box.right, y1: best, y2: best, class: "v-hi-best" }),
    s("path", { d: line(xs, Array.from(state.loss, (v) => share(Math.min(v, 1)))), class: "v-ne-loss" }),
    s("path", { d: line(xs, Array.from(state.right, share)), class: "v-dy-accuracy" }),
    s("text", { x: width - box.right, y: box.height - 6, class: "v-label v-small", "text-anchor": "end" }, `${data.words.at} ${n}`),
    state.cursor,
  );
  return svg;
}

// ---- every frame -----------------------------------------------------------------------------------------------------

function paint(state) {
  if (!state.cursor) return;
  const { data } = state;
  const k = Math.min(state.k, data.steps.length - 1);
  const layers = layersAt(state, k);
  const fire = BENDS[data.bend];
  const out = layers.map(({ m }) => new Float64Array(m));
  const hidden = state.thumbs.length;
  const [x0, x1, y0, y1] = data.view;
  const place = spaceOf(state, layers, k);
  paintMap(state, layers, fire, out);
  paintSpace(state, layers, place);
  state.thumbs.forEach(({ node, canvas }, unit) => {
    const { W, b } = layers[0];
    const [w1, w2, c] = [W[2 * unit], W[2 * unit + 1], b[unit]];
    const middle = data.bend === "sigmoid" ? 0.5 : 0;
    shade(state, canvas, THUMB, THUMB, (u, v) => Math.tanh(1.4 * (fire(w1 * (x0 + u * (x1 - x0)) + w2 * (y0 + v * (y1 - y0)) + c) - middle)));
    node.classList.toggle("v-picked", unit === state.unit);
    hinge(state, state.hinges[unit], w1, w2, c);
    state.hinges[unit].classList.toggle("v-picked", unit === state.unit);
  });
  data.X.forEach(([x, y], i) => {
    forward(layers, fire, x, y, out);
    const [px, py] = place(x, y, out);
    const isMissed = out.at(-1)[0] > 0 !== Boolean(data.y[i]);
    state.images[i].setAttribute("cx", state.sx(px));
    state.images[i].setAttribute("cy", state.sy(py));
    for (const dot of [state.dots[i], state.images[i]]) dot.classList.toggle("v-ne-missed", isMissed);
  });
  const mark = Math.min(state.picked, data.X.length - 1);
  [state.dots[mark], state.images[mark]].forEach((dot, i) => {
    state.rings[i].setAttribute("cx", dot.getAttribute("cx"));
    state.rings[i].setAttribute("cy", dot.getAttribute("cy"));
  });
  for (let i = 0; i < WARP; i++) {
    for (const way of [0, 1]) {
      const xs = [];
      const ys = [];
      for (let j = 0; j <= 18; j++) {
        const [u, v] = way ? [i / (WARP - 1), j / 18] : [j / 18, i / (WARP - 1)];
        const [x, y] = [x0 + u * (x1 - x0), y0 + v * (y1 - y0)];
        const [px, py] = place(x, y, forward(layers, fire, x, y, out));
        xs.push(state.sx(px));
        ys.push(state.sy(py));
      }
      state.warps[2 * i + way].setAttribute("d", line(xs, ys));
    }
  }
  const n = data.X.length;
  const right = Math.round(state.right[k] * n);
  state.told.replaceChildren(`${data.words.at} ${data.steps[k]} · ━ L = `, h("b", {}, write(state.loss[k], 3)), ` · ┅ ${data.words.right} `, h("b", {}, `${right}/${n}`), ` · ${data.words.best} `, h("b", {}, `${data.best.right}/${n}`));
  for (const at of ["x1", "x2"]) state.cursor.setAttribute(at, state.cx(data.steps[k]));
  state.units.hidden = hidden === 0;
}

// Where the second picture puts a point: at its two hidden values, else along v (the answer's own axis) and across it.
function spaceOf(state, layers, k) {
  const last = layers.at(-1);
  const inner = layers.length - 2;
  if (state.data.sizes.length > 2 && last.n === 2) return (x, y, out) => out[inner];
  const size = Math.max(1e-12, Math.hypot(...last.W));
  const across = state.across.subarray(k * last.n, (k + 1) * last.n);
  return (x, y, out) => {
    const from = inner < 0 ? [x, y] : out[inner];
    let sum = 0;
    for (let j = 0; j < last.n; j++) sum += across[j] * from[j];
    return [out.at(-1)[0] / size, sum];
  };
}

function paintMap(state, layers, fire, out) {
  const [x0, x1, y0, y1] = state.data.view;
  shade(state, state.map, GRID, GRID, (u, v) => {
    forward(layers, fire, x0 + u * (x1 - x0), y0 + v * (y1 - y0), out);
    return 2 * sigmoid(out.at(-1)[0]) - 1;
  });
}

function paintSpace(state, layers) {
  const [s0, s1, s2, s3] = state.data.space;
  const { W, b, n } = layers.at(-1);
  const isPlain = state.data.sizes.length > 2 && n === 2;
  const size = Math.max(1e-12, Math.hypot(...W));
  const [a1, a2, c] = isPlain ? [W[0], W[1], b[0]] : [size, 0, 0];
  shade(state, state.space, SPACE, SPACE, (u, v) => 2 * sigmoid(a1 * (s0 + u * (s1 - s0)) + a2 * (s2 + v * (s3 - s2)) + c) - 1);
  const length2 = a1 * a1 + a2 * a2;
  const far = 4 * Math.max(s1 - s0, s3 - s2);
  const length = Math.sqrt(length2) || 1;
  const [px, py] = [(-c * a1) / (length2 || 1), (-c * a2) / (length2 || 1)];
  state.cut.setAttribute("x1", state.sx(px - (far * a2) / length));
  state.cut.setAttribute("y1", state.sy(py + (far * a1) / length));
  state.cut.setAttribute("x2", state.sx(px + (far * a2) / length));
  state.cut.setAttribute("y2", state.sy(py - (far * a1) / length));
}

function hinge(state, node, w1, w2, c) {
  const length = Math.hypot(w1, w2) || 1;
  const [px, py] = [(-c * w1) / length ** 2, (-c * w2) / length ** 2];
  const far = 12;
  node.setAttribute("visibility", Math.hypot(px, py) < far ? "visible" : "hidden");
  node.setAttribute("x1", state.x(px - (far * w2) / length));
  node.setAttribute("y1", state.y(py + (far * w1) / length));
  node.setAttribute("x2", state.x(px + (far * w2) / length));
  node.setAttribute("y2", state.y(py - (far * w1) / length));
}

// `tone(u, v)` from −1 to 1 over the unit square, (0, 0) at the bottom left.
function shade(state, canvas, width, height, tone) {
  const [paper, plus, minus] = ["--v-paper", "--v-positive", "--v-negative"].map((name) => state.tones(name));
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      const value = tone((col + 0.5) / width, 1 - (row + 0.5) / height);
      const end = value > 0 ? plus : minus;
      const share = Math.min(1, Math.abs(value)) * 0.55;
      const at = (row * width + col) * 4;
      for (let c = 0; c < 3; c++) image.data[at + c] = paper[c] + share * (end[c] - paper[c]);
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}
