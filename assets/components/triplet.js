// Three points of a plane that are dragged, the forces of a loss on them, and a walk of gradient descent that is played.
import { composeSvg, h, mount, pictureButtons, player, refit, s, saveSvg } from "./base.js";
import { draggable, spell, unpack } from "./losses.js";

const REACH = 4.6;
const LIMIT = 4;
const ROLES = { a: "X", p: "V", n: "K" };
const SHAPES = { a: "M-8 -8H8V8H-8Z", p: "M0 -9A9 9 0 1 1 0 9A9 9 0 1 1 0 -9Z", n: "M0 -11L10 7H-10Z" };
const clamp = (v, lo, hi) => Math.max(lo, Math.min(hi, v));

export default function triplet(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-losses" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.foot);
    // Told while the drag goes on, at most ten times a second, so that forces follow the point.
    fresh.tell = throttled(100, (points) => fresh.component.setTriggerValue("points", points));
    refit(fresh, build);
  });
  const signature = JSON.stringify([component.data, getComputedStyle(state.root).color]);
  if (signature === state.last) return;
  state.last = signature;
  const isSame = state.data && JSON.stringify(state.data.words) === JSON.stringify(component.data.words);
  state.data = component.data;
  for (const name of ["path", "gradients", "losses", "goal"]) state[name] = unpack(state.data[name]);
  if (isSame && state.svg) {
    paintLosses(state);
    if (state.dragging) show(state, 0);
    else state.player.go(0, { quiet: true });
  } else build(state);
}

function throttled(wait, action) {
  let last = 0;
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    const rest = Math.max(0, wait - (performance.now() - last));
    timer = setTimeout(() => {
      last = performance.now();
      action(...args);
    }, rest);
  };
}

const pointAt = (state, step, i) => [state.path[step * 6 + i * 2], state.path[step * 6 + i * 2 + 1]];

function build(state) {
  const { data } = state;
  state.width = state.root.clientWidth;
  const size = clamp(state.width >= 720 ? state.width - 330 : state.width, 240, 470);
  state.size = size;
  const unit = size / (2 * REACH);
  state.unit = unit;
  state.X = (v) => size / 2 + v * unit;
  state.Y = (v) => size / 2 - v * unit;
  const id = `${data.name}-plane`;
  const svg = s("svg", { width: size, height: size, viewBox: `0 0 ${size} ${size}`, role: "group", "aria-label": data.alt, class: "v-triplet" });
  svg.append(s("defs", {}, s("clipPath", { id }, s("rect", { width: size, height: size }))));
  const plane = s("g", { "clip-path": `url(#${id})` });
  svg.append(s("rect", { width: size - 1, height: size - 1, x: 0.5, y: 0.5, class: "v-plane" }), plane);
  state.goalMark = s("circle", { class: "v-goal-circle" });
  state.near = s("circle", { class: "v-lo-near" });
  state.trails = Object.fromEntries(data.points.map((name) => [name, s("path", { class: "v-lo-trail", style: { stroke: `var(--v-${ROLES[name]})` } })]));
  state.links = { p: s("line", { class: "v-lo-span" }), n: s("line", { class: "v-lo-span v-lo-negative-span" }) };
  state.spans = { p: s("text", { class: "v-number v-halo" }), n: s("text", { class: "v-number v-halo" }) };
  state.forces = Object.fromEntries(data.points.map((name) => [name, s("path", { class: "v-lo-force" })]));
  plane.append(state.goalMark, state.near, ...Object.values(state.trails), ...Object.values(state.links), ...Object.values(state.forces));
  state.marks = {};
  data.points.forEach((name, i) => {
    const label = s("text", { y: -14, class: "v-label v-halo v-lo-point-name", "text-anchor": "middle" }, `${name} · ${data.words[name]}`);
    const mark = s("g", { class: "v-lo-point", tabindex: data.fixed ? null : 0, role: "button", "aria-label": data.words[name] }, s("circle", { r: 20, class: "v-lo-grab" }), s("path", { d: SHAPES[name], style: { fill: `var(--v-${ROLES[name]})` } }), label);
    mark.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[event.key];
      if (!by || data.fixed) return;
      event.preventDefault();
      const [x, y] = pointAt(state, state.player.index(), i);
      put(state, i, x + by[0], y + by[1]);
    });
    draggable(state, mark, (event) => {
      const box = svg.getBoundingClientRect();
      put(state, i, (event.clientX - box.left - size / 2) / unit, (size / 2 - (event.clientY - box.top)) / unit);
    });
    state.marks[name] = mark;
    svg.append(mark);
  });
  svg.append(...Object.values(state.spans));
  state.svg = svg;
  state.curve = lossChart(state);
  state.tiles = h("dl", { class: "v-tiles" });
  const side = h("div", { class: "v-losses-side", style: { width: state.width >= 720 ? "300px" : "100%" } }, state.tiles, state.curve.svg, h("p", { class: "v-hint v-goal-hint" }, data.words.goal));
  state.stage.replaceChildren(svg, side);
  const names = [...Array(data.steps).keys()].map((k) => `${data.words.step} ${k}`);
  state.player = player({ names, words: data.words, ms: 70, show: (k) => show(state, k), settled: () => {} });
  state.foot.replaceChildren(
    state.player.node,
    h("span", { class: "v-hint" }, data.fixed ? "" : data.words.hint),
    pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.stage, [svg, state.curve.svg]), data.name, kind)),
  );
  paintLosses(state);
  state.player.go(0, { quiet: true });
}

// A moved point starts a new walk from where all three stand now.
function put(state, i, x, y) {
  const step = state.player.index();
  state.player.pause();
  const points = state.data.points.map((_, k) => pointAt(state, step, k).map((v) => clamp(v, -LIMIT, LIMIT)));
  const snap = (v) => clamp(Math.round(v * 20) / 20, -LIMIT, LIMIT);
  points[i] = [snap(x), snap(y)];
  points.forEach(([px, py], k) => {
    state.path[k * 2] = px;
    state.path[k * 2 + 1] = py;
  });
  if (step) state.player.go(0, { quiet: true });
  place(state, 0);
  for (const force of Object.values(state.forces)) force.setAttribute("d", "");
  state.tell(points.map((point) => point.map((v) => Math.round(v * 1e4) / 1e4)));
}

function lossChart(state) {
  const width = state.width >= 720 ? 300 : Math.min(state.width, 460);
  const height = 130;
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": state.data.words.loss });
  const x = (k) => 34 + (k / (state.data.steps - 1)) * (width - 44);
  const path = s("path", { class: "v-curve v-lo-walk" });
  const dot = s("circle", { r: 5, class: "v-dot" });
  const top = s("text", { x: 30, y: 20, class: "v-label v-small", "text-anchor": "end" });
  svg.append(
    s("line", { x1: 34, x2: width - 10, y1: height - 24, y2: height - 24, class: "v-lo-zero" }),
    s("text", { x: 30, y: height - 20, class: "v-label v-small", "text-anchor": "end" }, "0"),
    s("text", { x: width - 10, y: height - 6, class: "v-label v-small", "text-anchor": "end" }, state.data.words.step),
    s("text", { x: 38, y: 12, class: "v-title" }, `${state.data.words.loss} L`),
    top,
    path,
    dot,
  );
  return { svg, x, path, dot, top, height };
}

function paintLosses(state) {
  const { curve, losses } = state;
  const most = Math.max(...losses) || 1;
  curve.y = (v) => curve.height - 24 - (v / most) * (curve.height - 46);
  curve.top.textContent = spell(most, 2);
  curve.top.setAttribute("y", curve.y(most) + 4);
  curve.path.setAttribute("d", Array.from(losses, (v, k) => `${k ? "L" : "M"}${curve.x(k).toFixed(1)} ${curve.y(v).toFixed(1)}`).join(""));
}

function show(state, step) {
  place(state, step);
  const { data, gradients, losses, unit, curve } = state;
  data.points.forEach((name, i) => {
    const [gx, gy] = [-gradients[step * 6 + i * 2], -gradients[step * 6 + i * 2 + 1]];
    const size = Math.hypot(gx, gy);
    const [x, y] = pointAt(state, step, i);
    // Directions are true; long forces are drawn shorter so that they stay on the plane.
    const long = size > 0 ? Math.min(1.6, 0.9 * size) / size : 0;
    const [x1, y1, x2, y2] = [state.X(x), state.Y(y), state.X(x + gx * long), state.Y(y + gy * long)];
    const turn = Math.atan2(y2 - y1, x2 - x1);
    const wing = (side) => `${x2 - 9 * Math.cos(turn + side)} ${y2 - 9 * Math.sin(turn + side)}`;
    state.forces[name].setAttribute("d", long * size * unit < 3 ? "" : `M${x1} ${y1}L${x2} ${y2}M${wing(0.45)}L${x2} ${y2}L${wing(-0.45)}`);
    let d = "";
    for (let k = 0; k <= step; k++) {
      const [px, py] = pointAt(state, k, i);
      d += `${k ? "L" : "M"}${state.X(px).toFixed(1)} ${state.Y(py).toFixed(1)}`;
    }
    state.trails[name].setAttribute("d", d);
  });
  const [ax, ay] = pointAt(state, step, 0);
  state.goalMark.setAttribute("cx", state.X(ax));
  state.goalMark.setAttribute("cy", state.Y(ay));
  state.goalMark.setAttribute("r", state.goal[step] * unit);
  curve.dot.setAttribute("cx", curve.x(step));
  curve.dot.setAttribute("cy", curve.y(losses[step]));
  tiles(state, step);
}

// Where things stand, with the distances that follow from it.
function place(state, step) {
  const { data } = state;
  const [ax, ay] = pointAt(state, step, 0);
  data.points.forEach((name, i) => {
    const [x, y] = pointAt(state, step, i);
    state.marks[name].setAttribute("transform", `translate(${state.X(x)} ${state.Y(y)})`);
    if (!state.links[name]) return;
    const link = state.links[name];
    const ends = { x1: state.X(ax), y1: state.Y(ay), x2: state.X(x), y2: state.Y(y) };
    for (const [key, value] of Object.entries(ends)) link.setAttribute(key, value);
    const span = state.spans[name];
    span.setAttribute("x", (ends.x1 + ends.x2) / 2 + 6);
    span.setAttribute("y", (ends.y1 + ends.y2) / 2 - 6);
    const d = Math.hypot(x - ax, y - ay);
    span.textContent = spell(d, 2);
    if (name === "p") {
      state.near.setAttribute("cx", ends.x1);
      state.near.setAttribute("cy", ends.y1);
      state.near.setAttribute("r", d * state.unit);
    }
  });
}

function tiles(state, step) {
  const d = (i) => {
    const [ax, ay] = pointAt(state, step, 0);
    const [x, y] = pointAt(state, step, i);
    return Math.hypot(x - ax, y - ay);
  };
  const pairs = [["L", state.losses[step]], ["d(a, p)", d(1)], ["d(a, n)", d(2)]];
  state.tiles.replaceChildren(...pairs.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, spell(value)))));
}
