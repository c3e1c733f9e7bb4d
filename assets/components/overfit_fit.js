// Fits beside their errors. The left plane has points, the truth and one curve for every place on the right axis; the
// right has errors on a logarithmic scale and a handle. Dragging the handle shows another curve at once; dragging a point
// pulls the curve by that point's own column of the smoother, since a fit is linear in y.
import { isStill, line, minus, scale, ticks, unpack } from "./activation.js";
import { composeSvg, h, keepFocus, later, mount, pictureButtons, player, refit, s, saveSvg } from "./base.js";

const PAD = { left: 40, right: 10, top: 24, foot: 34 };
const clamp = (v, lo, hi) => Math.max(lo, Math.min(hi, v));
const SUPER = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const power = (e) => (e >= -2 && e <= 2 ? String(Number((10 ** e).toFixed(2))) : `10${e < 0 ? "⁻" : ""}${SUPER[Math.abs(e)]}`);

function size(v) {
  if (v >= 1e4) return v.toExponential(1).replace("e+", "e");
  if (v >= 100) return v.toFixed(0);
  if (v === 0 || v < 5e-5) return v < 1e-12 ? "0" : minus(v.toExponential(1));
  return v < 0.01 ? v.toPrecision(2) : v.toFixed(3);
}

export default function overfitFit(component) {
  const state = mount(component, (fresh) => {
    fresh.told = h("p", { class: "v-of-told", "aria-live": "polite" });
    fresh.stage = h("div", { class: "v-of" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.told, fresh.stage, fresh.foot);
    fresh.tellAt = later(160, (k) => fresh.component.setTriggerValue("at", k));
    fresh.tellMove = later(120, (move) => fresh.component.setTriggerValue("move", move));
    refit(fresh, build);
  });
  const { at, picked, ...rest } = component.data;
  const signature = JSON.stringify([rest, at, getComputedStyle(state.root).color]);
  if (state.dragging) return;
  state.picked = picked;
  if (signature === state.last && state.width === state.root.clientWidth) return paint(state);
  state.last = signature;
  state.data = component.data;
  for (const name of ["curves", "truth", "thin", "pull", "second"]) state[name] = rest[name] ? unpack(rest[name], Float32Array) : null;
  state.grid = state.truth.length;
  state.hatAt = at;
  state.offset = null;
  keepFocus(state.root, () => {
    wire(state, at);
    build(state);
  });
  if (!state.wasOpened) {
    state.wasOpened = true;
    if (rest.sweep && !isStill()) sweep(state, at);
  }
}

function wire(state, at) {
  const { data } = state;
  state.player?.pause();
  state.k = at;
  state.player = player({
    names: data.values.map((v) => `${data.axis} ${v}`),
    words: data.words,
    ms: 220,
    show: (k) => {
      state.k = k;
      paint(state);
    },
    settled: (k) => state.player.playing() || state.tellAt(k),
  });
  const saves = pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.stage, [...state.stage.querySelectorAll("svg")]), data.key, kind));
  state.foot.replaceChildren(...(data.fixed ? [] : [state.player.node]), h("span", { class: "v-hint" }, data.fixed ? "" : data.words.hint), saves);
  state.player.go(at, { quiet: true });
}

// On arrival the handle runs from the left to where it belongs.
function sweep(state, to) {
  let k = 0;
  const step = () => {
    if (state.dragging || state.k === to + 1 || !state.root.isConnected || state.player.playing()) return;
    state.player.go(k, { quiet: true });
    if (k++ < to) setTimeout(step, 55);
  };
  step();
}

function build(state) {
  const { data, stage } = state;
  const width = (state.width = state.root.clientWidth);
  const isWide = width >= 620;
  const left = isWide ? Math.round(width * 0.55) : width;
  const right = isWide ? width - left - 16 : width;
  state.plane = plane(state, left, isWide ? 372 : 290);
  state.chart = chart(state, right, isWide ? 372 : 270);
  stage.replaceChildren(state.plane.svg, state.chart.svg);
  paint(state);
}

function frame(state, width, height, x, y, label) {
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  const id = `${state.data.key}-${width}-${height}-${label.length}`;
  const box = { x: PAD.left, y: PAD.top, width: width - PAD.left - PAD.right, height: height - PAD.top - PAD.foot };
  svg.append(s("defs", {}, s("clipPath", { id }, s("rect", box))), s("rect", { ...box, class: "v-of-plane" }));
  return { svg, x, y, clip: `url(#${id})`, floor: height - PAD.foot, edge: width - PAD.right };
}

function plane(state, width, height) {
  const { data } = state;
  const [x0, x1] = data.xs;
  const [y0, y1] = data.ys;
  const x = scale(x0 - 0.03 * (x1 - x0), x1 + 0.03 * (x1 - x0), PAD.left, width - PAD.right);
  const y = scale(y0, y1, height - PAD.foot, PAD.top);
  const made = frame(state, width, height, x, y, data.alt);
  const { svg } = made;
  svg.append(s("text", { x: PAD.left, y: 13, class: "v-title" }, data.words.plane));
  for (const t of ticks(x0, x1, 5)) svg.append(s("text", { x: x(t), y: made.floor + 16, class: "v-label v-small", "text-anchor": "middle" }, minus(t)));
  for (const t of ticks(y0, y1, 5)) svg.append(s("text", { x: PAD.left - 6, y: y(t) + 4, class: "v-label v-small", "text-anchor": "end" }, minus(t)));
  svg.append(s("text", { x: made.edge, y: height - 4, class: "v-label v-small", "text-anchor": "end" }, "x"));
  state.xs = Array.from({ length: state.grid }, (_, k) => x(x0 + ((x1 - x0) * k) / (state.grid - 1)));
  const drawn = (values, first) => line(state.xs, state.xs.map((_, g) => clamp(y(values[first * state.grid + g]), -4000, 4000)));
  state.drawn = drawn;
  const inside = s("g", { "clip-path": made.clip });
  svg.append(inside);
  inside.append(s("path", { d: drawn(state.truth, 0), class: "v-of-truth" }));
  made.thin = [];
  if (state.thin) {
    for (let k = 0; k < state.thin.length / state.grid; k++) {
      made.thin.push(s("path", { d: drawn(state.thin, k), class: "v-of-thin", "data-k": k }));
    }
  }
  made.second = state.second ? s("path", { class: "v-of-second" }) : null;
  made.curve = s("path", { class: "v-of-curve" });
  inside.append(...made.thin, ...(made.second ? [made.second] : []), made.curve);
  for (const [px, py] of data.rings) inside.append(s("rect", { x: x(px) - 3, y: y(py) - 3, width: 6, height: 6, class: "v-of-ring" }));
  made.gap = s("line", { class: "v-of-gap" });
  inside.append(made.gap);
  made.dots = data.points.map(([px, py], i) => dot(state, made, i, px, py));
  svg.append(...made.dots.map((d) => d.node));
  legend(state, svg, height);
  return made;
}

function legend(state, svg, height) {
  const { data } = state;
  const names = [["v-of-truth", data.words.truth], ["v-of-curve", data.words.fit]];
  if (state.second) names.push(["v-of-second", data.words.second]);
  if (state.thin) names.push(["v-of-thin v-of-sample", data.words.thin]);
  let at = PAD.left;
  for (const [kind, name] of names) {
    svg.append(s("path", { d: `M${at} ${height - 8}L${at + 20} ${height - 8}`, class: kind }), s("text", { x: at + 25, y: height - 4, class: "v-label v-small" }, name));
    at += 40 + name.length * 6.8;
  }
}

function dot(state, made, i, px, py) {
  const { data } = state;
  const fold = data.folds.length ? data.folds[i] : -1;
  const isMovable = data.movable && state.pull;
  const node = s("g", { class: "v-of-dot", tabindex: data.fixed ? null : 0, role: isMovable ? "slider" : "button", "aria-label": `${data.words.point} ${i + 1}`, "aria-valuenow": isMovable ? py : null });
  node.append(s("circle", { r: 13, class: "v-of-hit" }));
  if (fold < 0) node.append(s("circle", { r: 5.2, class: "v-of-mark" }));
  else node.append(s("circle", { r: 8, class: "v-of-mark v-of-fold" }), s("text", { y: 4, class: "v-of-number", "text-anchor": "middle" }, fold + 1));
  const one = { node, x: px, y: py, fold };
  const place = () => node.setAttribute("transform", `translate(${made.x(px).toFixed(1)} ${made.y(clamp(one.y, ...data.ys)).toFixed(1)})`);
  place();
  if (data.fixed) return one;
  const pick = () => {
    if (fold < 0) state.picked = i;
    else state.picked = fold;
    paint(state);
    state.component.setTriggerValue("pick", state.picked);
  };
  const move = (value) => {
    one.y = clamp(Math.round(value * 100) / 100, ...data.ys);
    state.offset = { i, by: one.y - data.points[i][1] };
    node.setAttribute("aria-valuenow", one.y);
    place();
    paint(state);
  };
  let isMoved = false;
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    node.focus({ preventScroll: true });
    state.player.pause();
    if (isMovable) {
      node.setPointerCapture(event.pointerId);
      state.dragging = true;
      isMoved = false;
      if (state.k !== state.hatAt) state.player.go(state.hatAt, { quiet: true });
    }
    if (state.picked !== (fold < 0 ? i : fold)) pick();
  });
  node.addEventListener("pointermove", (event) => {
    if (!isMovable || !node.hasPointerCapture(event.pointerId)) return;
    const box = made.svg.getBoundingClientRect();
    isMoved = true;
    move(made.y.back(event.clientY - box.top));
  });
  for (const end of ["pointerup", "pointercancel"]) {
    node.addEventListener(end, () => {
      if (!state.dragging) return;
      state.dragging = false;
      if (isMoved) state.tellMove({ point: i, y: one.y });
    });
  }
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      return pick();
    }
    const by = { ArrowUp: 0.1, ArrowDown: -0.1, PageUp: 0.5, PageDown: -0.5 }[event.key];
    if (!by || !isMovable) return;
    event.preventDefault();
    if (state.k !== state.hatAt) state.player.go(state.hatAt, { quiet: true });
    state.picked = i;
    move(one.y + by);
    state.tellMove({ point: i, y: one.y });
  });
  return one;
}

function chart(state, width, height) {
  const { data } = state;
  const at = data.isLog ? Math.log10 : (v) => v;
  const [first, last] = [at(data.values[0]), at(data.values.at(-1))];
  const x = scale(first, last, PAD.left + 8, width - PAD.right - 8);
  const [lo, hi] = data.range;
  const yLog = scale(lo, hi, height - PAD.foot, PAD.top);
  const y = (v) => yLog(Math.log10(clamp(v, 10 ** (lo - 2), 10 ** (hi + 2))));
  const made = frame(state, width, height, x, y, data.words.errors);
  const { svg } = made;
  made.place = (k) => x(at(data.values[k]));
  svg.append(s("text", { x: PAD.left, y: 13, class: "v-title" }, data.words.errors));
  for (let e = lo; e <= hi; e++) {
    svg.append(
      s("line", { x1: PAD.left, x2: made.edge, y1: yLog(e), y2: yLog(e), class: "v-ac-grid" }),
      s("text", { x: PAD.left - 5, y: yLog(e) + 4, class: "v-label v-small", "text-anchor": "end" }, power(e)),
    );
  }
  const shown = data.isLog ? [5, 10, 20, 50, 100, 200, 500].filter((v) => v >= data.values[0] && v <= data.values.at(-1)) : ticks(data.values[0], data.values.at(-1), 5);
  for (const v of shown) svg.append(s("text", { x: x(at(v)), y: made.floor + 15, class: "v-label v-small", "text-anchor": "middle" }, v));
  svg.append(s("text", { x: made.edge, y: height - 4, class: "v-label v-small", "text-anchor": "end" }, data.axis));
  const inside = s("g", { "clip-path": made.clip });
  svg.append(inside);
  const places = data.values.map((_, k) => made.place(k));
  for (const band of data.bands) {
    const there = line(places, band.hi.map(y));
    const back = line([...places].reverse(), [...band.lo].reverse().map(y)).replace("M", "L");
    inside.append(s("path", { d: `${there}${back}Z`, class: "v-of-band", style: { fill: `var(--v-${band.tone})` } }));
  }
  if (data.floor > 0) {
    inside.append(s("line", { x1: PAD.left, x2: made.edge, y1: y(data.floor), y2: y(data.floor), class: "v-of-floor" }));
    svg.append(s("text", { x: made.edge - 4, y: y(data.floor) + 13, class: "v-label v-small v-of-halo", "text-anchor": "end" }, "σ²"));
  }
  if (data.mark) {
    const m = x(at(data.mark.value));
    inside.append(s("line", { x1: m, x2: m, y1: PAD.top, y2: made.floor, class: "v-of-border" }));
    svg.append(s("text", { x: m + (m > width * 0.7 ? -5 : 5), y: PAD.top + 13, class: "v-label v-small v-of-halo", "text-anchor": m > width * 0.7 ? "end" : "start" }, data.mark.name));
  }
  made.heads = data.lines.map((one) => {
    const style = { stroke: `var(--v-${one.tone})` };
    inside.append(s("path", { d: line(places, one.y.map(y)), class: "v-of-line", style, "stroke-dasharray": one.dash || null }));
    const head = s("circle", { r: 4.4, class: "v-of-head", style: { fill: `var(--v-${one.tone})` } });
    inside.append(head);
    return head;
  });
  made.cursor = s("line", { y1: PAD.top, y2: made.floor, class: "v-of-cursor" });
  svg.append(made.cursor);
  if (!data.fixed) slide(state, made);
  return made;
}

function slide(state, made) {
  const { svg } = made;
  const { data } = state;
  svg.classList.add("v-of-slide");
  const go = (k) => {
    state.player.pause();
    if (k !== state.k) state.player.go(clamp(k, 0, data.values.length - 1));
  };
  const to = (event) => {
    const px = event.clientX - svg.getBoundingClientRect().left;
    let best = 0;
    for (let k = 1; k < data.values.length; k++) if (Math.abs(made.place(k) - px) < Math.abs(made.place(best) - px)) best = k;
    go(best);
  };
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    svg.setPointerCapture(event.pointerId);
    to(event);
    event.preventDefault();
  });
  svg.addEventListener("pointermove", (event) => svg.hasPointerCapture(event.pointerId) && to(event));
  Object.assign(svg, { tabIndex: 0 });
  svg.setAttribute("role", "slider");
  svg.setAttribute("aria-valuetext", "");
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageDown: -4, PageUp: 4 }[event.key];
    if (!by) return;
    event.preventDefault();
    go(clamp(state.k + by, 0, data.values.length - 1));
  });
}

function paint(state) {
  if (!state.plane) return;
  const { data, plane: p, chart: c } = state;
  const k = (state.k = clamp(state.k, 0, data.values.length - 1));
  const has = state.curves.length / state.grid;
  const first = has > 1 ? k : 0;
  let values = state.curves;
  let row = first;
  if (state.offset && state.pull && k === state.hatAt) {
    const { i, by } = state.offset;
    values = Float32Array.from({ length: state.grid }, (_, g) => state.curves[first * state.grid + g] + by * state.pull[i * state.grid + g]);
    row = 0;
  }
  p.curve.setAttribute("d", state.drawn(values, row));
  if (p.second) p.second.setAttribute("d", state.drawn(state.second, first));
  const isFolded = data.folds.length > 0;
  p.thin.forEach((path, n) => path.classList.toggle("v-picked", isFolded && n === state.picked));
  p.dots.forEach((one, i) => {
    one.node.classList.toggle("v-picked", !isFolded && i === state.picked && Boolean(state.pull));
    one.node.classList.toggle("v-of-out", isFolded && one.fold === state.picked);
  });
  gap(state, values, row);
  const at = c.place(k);
  for (const end of ["x1", "x2"]) c.cursor.setAttribute(end, at);
  c.heads.forEach((head, n) => {
    head.setAttribute("cx", at);
    head.setAttribute("cy", c.y(data.lines[n].y[k]));
  });
  state.told.replaceChildren(
    h("span", {}, `${data.axis} `, h("b", {}, data.values[k])),
    ...data.lines.map((one) => h("span", {}, swatch(one), `${one.name} `, h("b", {}, size(one.y[k])))),
  );
  if (c.svg.getAttribute("role") === "slider") c.svg.setAttribute("aria-valuetext", `${data.axis} ${data.values[k]}`);
}

// From the picked point to the curve.
function gap(state, values, row) {
  const { data, plane: p } = state;
  const one = state.pull && !data.folds.length ? p.dots[state.picked] : null;
  p.gap.setAttribute("visibility", one ? "visible" : "hidden");
  if (!one) return;
  const g = clamp(Math.round(((one.x - data.xs[0]) / (data.xs[1] - data.xs[0])) * (state.grid - 1)), 0, state.grid - 1);
  const ends = { x1: p.x(one.x), x2: p.x(one.x), y1: p.y(one.y), y2: clamp(p.y(values[row * state.grid + g]), -4000, 4000) };
  for (const [name, value] of Object.entries(ends)) p.gap.setAttribute(name, value);
}

function swatch(one) {
  const stroke = s("line", { x1: 1, x2: 21, y1: 5, y2: 5, style: { stroke: `var(--v-${one.tone})` }, "stroke-width": 2.8, "stroke-dasharray": one.dash || null });
  return s("svg", { width: 22, height: 10, "aria-hidden": "true", class: "v-of-swatch" }, stroke);
}
