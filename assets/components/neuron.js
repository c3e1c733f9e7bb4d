// One neuron: the plane it cuts in two, its weights as an arrow, its sum as a drawing. Whatever is dragged moves here at
// once; the server is told when it rests.
import { isStill, line, scale, unpack, write } from "./activation.js";
import { composeSvg, h, later, mount, pictureButtons, player, readTones, s, saveSvg } from "./base.js";

const GRID = 72;
const SHORT = 1.5; // a weight vector of this length is drawn half as long as it can be
const clamp = (value, lo, hi) => Math.max(lo, Math.min(hi, value));
const round2 = (value) => Math.round(value * 100) / 100;

export const sigmoid = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));
const FIRE = {
  sigmoid,
  tanh: Math.tanh,
  relu: (z) => Math.max(0, z),
  identity: (z) => z,
  step: (z) => (z > 0 ? 1 : 0),
};

export default function neuron(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-ne" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.foot);
    fresh.tell = (kind, value) => !fresh.data.fixed && fresh.component.setTriggerValue(kind, value);
    fresh.settle = later(180, () => {
      fresh.isWaiting = false;
      fresh.tell("theta", fresh.theta.map(round2));
    });
    new ResizeObserver(later(100, () => fresh.data && fresh.width !== fresh.root.clientWidth && build(fresh))).observe(fresh.root);
  });
  const { step, picked, ...rest } = component.data;
  const signature = JSON.stringify([rest, getComputedStyle(state.root).color]);
  if (!state.drag) state.picked = picked;
  if (signature === state.last) {
    // What is kept for comparison goes along with the present run.
    if (rest.fixed && step !== state.t) state.player.go(step, { quiet: true });
    return paint(state);
  }
  if (state.drag || state.isWaiting) return; // newer than what the server answers
  const before = state.data;
  const isFirst = !before;
  state.last = signature;
  state.data = component.data;
  state.points = rest.X.map((x, k) => [...x, rest.y[k]]);
  state.path = unpack(rest.path, Float64Array);
  state.loss = unpack(rest.loss, Float32Array);
  state.right = unpack(rest.right, Float32Array);
  const isSameStart = before && JSON.stringify([before.X, before.y]) === JSON.stringify([rest.X, rest.y]) && [0, 1, 2].every((k) => Math.abs(state.startedAt[k] - state.path[k]) < 1e-9);
  state.startedAt = Array.from(state.path.subarray(0, 3));
  const wasPlaying = state.player?.playing();
  state.player?.pause();
  state.player = player({
    names: Array.from(state.loss, (_, t) => `${rest.words.at} ${t}`),
    words: rest.words,
    ms: clamp(3000 / state.loss.length, 12, 120),
    show: (t) => goTo(state, t),
    settled: (t) => !state.player.playing() && t !== state.data.step && state.tell("step", t),
  });
  build(state);
  state.player.go(Math.min(step, state.loss.length - 1), { quiet: true });
  // A new way from the same start is shown at once; a moved start is shown standing.
  const plays = isFirst ? step === 0 : isSameStart && step === 0;
  if ((plays || wasPlaying) && !rest.fixed && !isStill()) state.player.node.querySelector(".v-play").click();
}

function goTo(state, t) {
  state.t = t;
  state.isOff = false;
  state.theta = Array.from(state.path.subarray(3 * t, 3 * t + 3));
  paint(state);
}

const sumOf = (state, x, y) => state.theta[0] * x + state.theta[1] * y + state.data.times * state.theta[2];
const targetOf = (state, y) => (state.data.kind === "tanh" ? 2 * y - 1 : y);
function lossOf(state, z, y) {
  if (state.data.isBce) return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - y * z;
  return (FIRE[state.data.kind](z) - targetOf(state, y)) ** 2 / 2;
}

// ---- layout ------------------------------------------------------------------------------------------------------

function build(state) {
  const { data, stage, foot } = state;
  const width = (state.width = state.root.clientWidth);
  if (!width) return;
  const isWide = width >= 640;
  const size = isWide ? Math.min(430, Math.round(width * 0.54)) : Math.min(width, 440);
  const side = isWide ? width - size - 26 : width;
  const { reach } = data;
  state.size = size;
  state.x = scale(-reach, reach, 0, size);
  state.y = scale(-reach, reach, size, 0);
  state.canvas = h("canvas", { width: GRID, height: GRID, "aria-hidden": "true", style: { width: `${size}px`, height: `${size}px` } });
  const plane = s("svg", { width: size, height: size, viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": data.alt, class: "v-ne-plane" });
  state.plane = plane;
  axes(state, plane);
  state.border = s("line", { class: "v-ne-border" });
  state.borderHit = s("line", { class: "v-ne-border-hit", tabindex: 0, role: "slider", "aria-label": `${data.words.border} b`, "aria-valuenow": 0 });
  state.arrow = s("line", { class: "v-ne-arrow" });
  state.tip = s("path", { d: "M0 0L-13 -6L-13 6Z", class: "v-ne-tip" });
  state.tipHit = s("circle", { r: 15, class: "v-ne-tip-hit", tabindex: 0, role: "button", "aria-label": data.words.weights });
  state.wName = s("text", { class: "v-title v-halo" }, "w");
  state.dots = s("g", {});
  plane.append(state.borderHit, state.border, state.dots, state.arrow, state.tip, state.tipHit, state.wName);
  drawDots(state);
  state.told = h("p", { class: "v-ne-told" });
  stage.replaceChildren(
    h("div", { class: "v-ne-ground", style: { width: `${size}px`, height: `${size}px` } }, state.canvas, plane),
    h("div", { class: "v-ne-side", style: { width: `${side}px` } }, state.told, drawing(state, side), course(state, side)),
  );
  state.tones = readTones(state.root);
  const kinds = [1, 0].map((y) => h("button", { type: "button", class: "v-ne-add", "aria-pressed": (state.adds ?? 1) === y, onclick: () => chooseClass(state, y) }, y ? "●" : "○", ` ${data.words.add} ${data.classes[y]}`));
  const edits = h("div", { class: "v-ne-edits" }, ...kinds, h("button", { type: "button", onclick: () => flip(state) }, data.words.flip), h("button", { type: "button", onclick: () => drop(state) }, data.words.drop));
  foot.replaceChildren(
    state.player.node,
    pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.stage, [...state.stage.querySelectorAll("svg")]), data.key, kind)),
    ...(data.isOwn && !data.fixed ? [edits] : []),
    ...(data.fixed ? [] : [h("span", { class: "v-hint v-ne-hint" }, data.isOwn ? data.words.hintOwn : data.words.hint)]),
  );
  state.addButtons = kinds;
  if (!data.fixed) listen(state, plane);
  if (state.theta) paint(state);
}

function axes(state, svg) {
  const { reach, axes: names } = state.data;
  const { size, x, y } = state;
  svg.append(
    s("line", { x1: x(-reach), x2: x(reach), y1: y(0), y2: y(0), class: "v-ac-zero" }),
    s("line", { x1: x(0), x2: x(0), y1: y(-reach), y2: y(reach), class: "v-ac-zero" }),
    s("text", { x: size - 5, y: size - 6, class: "v-label v-small v-halo", "text-anchor": "end" }, names[0]),
    s("text", { x: 14, y: 6, class: "v-label v-small v-halo", transform: "rotate(-90 14 6)", "text-anchor": "end" }, names[1]),
  );
  for (let k = -Math.floor(reach); k <= reach; k++) {
    if (!k || Math.abs(k) % 2) continue;
    svg.append(s("text", { x: x(k), y: y(0) + 13, class: "v-label v-small", "text-anchor": "middle" }, write(k)), s("text", { x: x(0) - 4, y: y(k) + 4, class: "v-label v-small", "text-anchor": "end" }, write(k)));
  }
}

function drawDots(state) {
  const radius = state.points.length > 200 ? 3 : state.points.length > 40 ? 4 : 6.5;
  state.nodes = state.points.map(([, , y], k) => {
    const node = s("circle", { r: y ? radius : radius - 0.8, class: y ? "v-dy-one" : "v-dy-none", "data-k": k });
    return node;
  });
  state.ring = s("circle", { r: radius + 4.5, class: "v-ne-ring" });
  state.dots.replaceChildren(state.ring, ...state.nodes);
}

// x₁, x₂ and 1 → Σ → f → loss, with the numbers of the picked example.
function drawing(state, width) {
  const { words, kindName, times } = state.data;
  const height = 190;
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, class: "v-ne-drawing", role: "img", "aria-label": words.drawing });
  const right = width - 44;
  const at = { in: 30, sum: Math.max(150, Math.round(width * 0.48)), fire: right };
  const mid = 96;
  state.wires = [30, 96, 162].map((y, k) => {
    const wire = s("line", { x1: at.in + 22, y1: y, x2: at.sum - 26, y2: mid, class: "v-ne-wire" });
    const share = 0.42;
    const label = s("text", {
      x: at.in + 22 + (at.sum - at.in - 48) * share,
      y: y + (mid - y) * share - 7,
      class: "v-number v-ne-weight v-halo",
      "text-anchor": "middle",
      tabindex: 0,
      role: "slider",
      "aria-label": ["w₁", "w₂", "b"][k],
    });
    const value = s("text", { x: at.in, y: y + 5, class: "v-number", "text-anchor": "middle" }, k === 2 ? (times > 1 ? `${times}·1` : "1") : "");
    svg.append(wire, s("circle", { cx: at.in, cy: y, r: 21, class: "v-ne-node" }), value, label);
    if (k < 2) svg.append(s("text", { x: at.in, y: y - 25, class: "v-label v-small", "text-anchor": "middle" }, ["x₁", "x₂"][k]));
    if (!state.data.fixed) scrub(state, label, k);
    return { wire, label, value };
  });
  const node = (x, name, wide) => {
    const number = s("text", { x, y: mid + 13, class: "v-number", "text-anchor": "middle" });
    svg.append(s("rect", { x: x - wide, y: mid - 27, width: 2 * wide, height: 50, rx: 12, class: "v-ne-node" }), s("text", { x, y: mid - 9, class: "v-label v-small", "text-anchor": "middle" }, name), number);
    return number;
  };
  svg.append(s("line", { x1: at.sum + 30, y1: mid, x2: at.fire - 36, y2: mid, class: "v-ne-wire" }));
  state.sumText = node(at.sum, "Σ = z", 30);
  state.fireText = node(at.fire, kindName, 38);
  state.lossText = s("text", { x: right + 38, y: mid + 52, class: "v-number", "text-anchor": "end" });
  state.deltaText = s("text", { x: right + 38, y: mid + 72, class: "v-number v-ne-grad", "text-anchor": "end" });
  state.exampleText = s("text", { x: right + 38, y: 24, class: "v-label", "text-anchor": "end" });
  svg.append(state.lossText, state.deltaText, state.exampleText);
  return svg;
}

// A number that is dragged to the left or right, or moved with the arrows.
function scrub(state, label, k) {
  let from = null;
  label.addEventListener("pointerdown", (event) => {
    begin(state);
    from = { x: event.clientX, value: state.theta[k] };
    label.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  label.addEventListener("pointermove", (event) => {
    if (from) put(state, k, from.value + (event.clientX - from.x) * 0.02);
  });
  label.addEventListener("pointerup", () => {
    from = null;
    release(state);
  });
  label.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -0.05, ArrowDown: -0.05, ArrowRight: 0.05, ArrowUp: 0.05 }[event.key];
    if (!by) return;
    event.preventDefault();
    begin(state);
    put(state, k, state.theta[k] + by);
    release(state);
  });
}

function put(state, k, value) {
  state.theta[k] = clamp(value, -state.data.bound, state.data.bound);
  paint(state);
}

function begin(state) {
  state.player.pause();
  state.drag ??= { kind: "number" };
  state.isOff = true;
}

function release(state) {
  state.drag = null;
  state.isWaiting = true;
  state.settle();
}

// L against the step; the dot is where the neuron is now.
function course(state, width) {
  const { words } = state.data;
  const box = { left: 40, right: 8, top: 18, height: 150, bottom: 20 };
  const finite = Array.from(state.loss).filter(Number.isFinite);
  const top = Math.max(1e-3, Math.min(Math.max(...finite), finite[0] * 3 || 1));
  const n = state.loss.length - 1;
  state.cx = scale(0, Math.max(1, n), box.left, width - box.right);
  state.cy = scale(0, top, box.height - box.bottom, box.top);
  const svg = s("svg", { width, height: box.height, viewBox: `0 0 ${width} ${box.height}`, class: "v-ne-course", role: "img", "aria-label": words.course });
  for (const v of [0, top / 2, top]) {
    svg.append(s("line", { x1: box.left, x2: width - box.right, y1: state.cy(v), y2: state.cy(v), class: "v-ac-grid" }), s("text", { x: box.left - 5, y: state.cy(v) + 4, class: "v-label v-small", "text-anchor": "end" }, write(v, 2)));
  }
  const ys = Array.from(state.loss, (v) => clamp(state.cy(v), -40, box.height));
  state.dot = s("circle", { r: 5, class: "v-ne-dot" });
  svg.append(
    s("text", { x: box.left, y: 12, class: "v-label v-small" }, words.course),
    s("path", { d: line(ys.map((_, t) => state.cx(t)), ys), class: "v-ne-loss" }),
    s("text", { x: width - box.right, y: box.height - 5, class: "v-label v-small", "text-anchor": "end" }, `${words.at} ${n}`),
    state.dot,
  );
  return svg;
}

// ---- painting: every frame and every moved pixel -------------------------------------------------------------------

function paint(state) {
  const { data, theta } = state;
  if (!state.border || !theta) return;
  const [w1, w2] = theta;
  const size2 = w1 * w1 + w2 * w2;
  const far = 4 * data.reach;
  const gap = data.border - data.times * theta[2];
  const isCut = size2 > 1e-9;
  for (const node of [state.border, state.borderHit]) {
    node.setAttribute("visibility", isCut ? "visible" : "hidden");
    if (!isCut) continue;
    const length = Math.sqrt(size2);
    const [px, py] = [(gap * w1) / size2, (gap * w2) / size2];
    node.setAttribute("x1", state.x(px - (far * w2) / length));
    node.setAttribute("y1", state.y(py + (far * w1) / length));
    node.setAttribute("x2", state.x(px + (far * w2) / length));
    node.setAttribute("y2", state.y(py - (far * w1) / length));
  }
  placeArrow(state, w1, w2);
  let total = 0;
  let right = 0;
  state.points.forEach(([x, y, label], k) => {
    const z = sumOf(state, x, y);
    const isRight = z > data.border === Boolean(label);
    total += lossOf(state, z, label);
    right += isRight;
    const node = state.nodes[k];
    node.setAttribute("cx", state.x(x));
    node.setAttribute("cy", state.y(y));
    node.classList.toggle("v-ne-missed", !isRight);
  });
  const n = state.points.length;
  const L = total / n;
  state.told.replaceChildren(`${data.words.right} `, h("b", {}, `${right}/${n}`), ` · L = `, h("b", {}, Number.isFinite(L) ? write(L, 3) : "∞"), state.isOff ? ` · ${data.words.moved}` : ` · ${data.words.at} ${state.t}`);
  state.dot.setAttribute("cx", state.cx(state.isOff ? 0 : state.t));
  state.dot.setAttribute("cy", clamp(state.cy(L), 4, 148));
  number(state);
  ground(state);
  state.isOff = Boolean(state.drag) || state.isWaiting;
}

function placeArrow(state, w1, w2) {
  const length = Math.hypot(w1, w2);
  const share = length / (length + SHORT);
  const reach = 0.92 * state.data.reach * share;
  const [ux, uy] = length ? [w1 / length, w2 / length] : [1, 0];
  const [x, y] = [state.x(ux * reach), state.y(uy * reach)];
  state.arrow.setAttribute("x1", state.x(0));
  state.arrow.setAttribute("y1", state.y(0));
  state.arrow.setAttribute("x2", x - 8 * ux);
  state.arrow.setAttribute("y2", y + 8 * uy);
  state.tip.setAttribute("transform", `translate(${x} ${y}) rotate(${(-Math.atan2(uy, ux) * 180) / Math.PI})`);
  state.tipHit.setAttribute("cx", x);
  state.tipHit.setAttribute("cy", y);
  state.wName.setAttribute("x", x + 12 * ux - 4);
  state.wName.setAttribute("y", y - 12 * uy + 4);
}

function number(state) {
  const { data, theta } = state;
  const k = clamp(state.picked, 0, state.points.length - 1);
  const [x1, x2, label] = state.points[k];
  state.ring.setAttribute("cx", state.x(x1));
  state.ring.setAttribute("cy", state.y(x2));
  [x1, x2].forEach((value, i) => (state.wires[i].value.textContent = write(value, 2)));
  theta.forEach((value, i) => {
    state.wires[i].label.textContent = `${["w₁", "w₂", "b"][i]} = ${write(value, 2)}`;
    state.wires[i].label.setAttribute("aria-valuenow", value.toFixed(2));
    state.wires[i].wire.style.strokeWidth = `${Math.min(7, 0.8 + 1.4 * Math.abs(value))}px`;
    state.wires[i].wire.classList.toggle("v-ne-minus", value < 0);
  });
  const z = sumOf(state, x1, x2);
  const a = FIRE[data.kind](z);
  state.sumText.textContent = write(z, 2);
  state.fireText.textContent = `a = ${write(a, 3)}`;
  state.lossText.textContent = `${data.words.loss} = ${write(lossOf(state, z, label), 3)}`;
  state.deltaText.textContent = data.isBce ? `δ = a − y = ${write(a - label, 3)}` : "";
  state.exampleText.textContent = `${data.words.example} ${k + 1}: ${label ? "●" : "○"} ${data.classes[label]}`;
}

function ground(state) {
  const { data } = state;
  const [paper, plus, minus] = ["--v-paper", "--v-positive", "--v-negative"].map((name) => state.tones(name));
  const context = state.canvas.getContext("2d");
  const image = context.createImageData(GRID, GRID);
  const fire = FIRE[data.kind];
  for (let row = 0; row < GRID; row++) {
    const y = data.reach * (1 - (2 * (row + 0.5)) / GRID);
    for (let col = 0; col < GRID; col++) {
      const x = data.reach * ((2 * (col + 0.5)) / GRID - 1);
      const a = fire(sumOf(state, x, y));
      const p = data.kind === "tanh" ? (a + 1) / 2 : clamp(a, 0, 1);
      const tone = p > 0.5 ? plus : minus;
      const share = Math.abs(2 * p - 1) * 0.62;
      const at = (row * GRID + col) * 4;
      for (let c = 0; c < 3; c++) image.data[at + c] = paper[c] + share * (tone[c] - paper[c]);
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}

// ---- what a hand does ----------------------------------------------------------------------------------------------

function listen(state, svg) {
  const at = (event) => {
    const frame = svg.getBoundingClientRect();
    return [state.x.back(event.clientX - frame.left), state.y.back(event.clientY - frame.top)];
  };
  svg.addEventListener("pointerdown", (event) => {
    const [x, y] = at(event);
    const dot = event.target.dataset?.k;
    state.player.pause();
    if (event.target === state.tipHit) state.drag = { kind: "w" };
    else if (dot !== undefined) {
      state.drag = { kind: "dot", k: Number(dot), isMoved: false };
      state.picked = Number(dot);
    } else if (event.target === state.borderHit) state.drag = { kind: "b" };
    else state.drag = { kind: "none", x, y };
    svg.setPointerCapture(event.pointerId);
    paint(state);
  });
  svg.addEventListener("pointermove", (event) => {
    const { drag } = state;
    if (!drag || !event.buttons) return;
    const [x, y] = at(event);
    if (drag.kind === "w") {
      const length = Math.hypot(x, y);
      const share = clamp(length / (0.92 * state.data.reach), 0, 0.87);
      const size = (SHORT * share) / (1 - share);
      moveWeights(state, (size * x) / (length || 1), (size * y) / (length || 1));
    } else if (drag.kind === "b") {
      state.isOff = true;
      put(state, 2, (state.data.border - state.theta[0] * x - state.theta[1] * y) / state.data.times);
    } else if (drag.kind === "dot" && state.data.isOwn) {
      drag.isMoved = true;
      const { edge } = state.data;
      state.points[drag.k][0] = clamp(x, -edge, edge);
      state.points[drag.k][1] = clamp(y, -edge, edge);
      paint(state);
    }
  });
  svg.addEventListener("pointercancel", () => (state.drag = null)); // a finger that scrolls the page
  svg.addEventListener("pointerup", (event) => {
    const { drag } = state;
    if (!drag) return;
    if (drag.kind === "w" || drag.kind === "b") return release(state);
    state.drag = null;
    if (drag.kind === "dot") {
      if (drag.isMoved) sendPoints(state);
      else state.tell("pick", drag.k);
    } else if (state.data.isOwn) add(state, ...at(event), event.shiftKey);
  });
  const move = (event) => ({ ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] })[event.key];
  state.tipHit.addEventListener("keydown", (event) => {
    const by = move(event);
    if (!by) return;
    event.preventDefault();
    begin(state);
    moveWeights(state, state.theta[0] + by[0], state.theta[1] + by[1]);
    release(state);
  });
  state.borderHit.addEventListener("keydown", (event) => {
    const by = move(event);
    if (!by) return;
    event.preventDefault();
    begin(state);
    put(state, 2, state.theta[2] + by[0] + by[1]);
    release(state);
  });
}

function moveWeights(state, w1, w2) {
  const { bound } = state.data;
  const over = Math.max(1, Math.abs(w1) / bound, Math.abs(w2) / bound);
  state.isOff = true;
  [state.theta[0], state.theta[1]] = [w1 / over, w2 / over];
  paint(state);
}

function chooseClass(state, y) {
  state.adds = y;
  state.addButtons.forEach((button, k) => button.setAttribute("aria-pressed", (k === 0) === Boolean(y)));
}

function add(state, x, y, isOther) {
  if (state.points.length >= state.data.most) return;
  const label = (state.adds ?? 1) ^ (isOther ? 1 : 0);
  const { edge } = state.data;
  state.points.push([clamp(x, -edge, edge), clamp(y, -edge, edge), label]);
  state.picked = state.points.length - 1;
  sendPoints(state);
}

function flip(state) {
  const point = state.points[state.picked];
  if (point) point[2] = 1 - point[2];
  sendPoints(state);
}

function drop(state) {
  if (state.points.length < 2) return;
  state.points.splice(state.picked, 1);
  state.picked = Math.max(0, Math.min(state.picked, state.points.length - 1));
  sendPoints(state);
}

function sendPoints(state) {
  drawDots(state);
  paint(state);
  state.tell("points", { points: state.points.map(([x, y, label]) => [round2(x), round2(y), label]), picked: state.picked });
}
