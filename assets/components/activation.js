// One activation: its curve over its derivative on a common axis, the saturated zones, and a point that is dragged.
import { composeSvg, h, later, mount, pictureButtons, refit, s, saveSvg } from "./base.js";

const PLOT = { left: 44, right: 10, top: 10, value: 214, gap: 26, slope: 132, foot: 34 };
const clamp = (value, lo, hi) => Math.max(lo, Math.min(hi, value));
export const minus = (text) => String(text).replace("-", "−");
export const write = (value, digits = 4) => {
  if (Math.abs(value - Math.round(value)) < 1e-7) return minus(Math.round(value) || 0);
  return minus(Math.abs(value) < 5 * 10 ** (-digits - 1) ? value.toExponential(1) : value.toFixed(digits));
};

export function unpack(words, Kind) {
  return new Kind(Uint8Array.from(atob(words), (c) => c.charCodeAt(0)).buffer);
}

// From numbers [lo, hi] to pixels [from, to].
export function scale(lo, hi, from, to) {
  const map = (value) => from + ((value - lo) / (hi - lo)) * (to - from);
  map.back = (pixel) => lo + ((pixel - from) / (to - from)) * (hi - lo);
  return map;
}

export function line(xs, ys) {
  let d = "";
  for (let i = 0; i < xs.length; i++) d += `${i ? "L" : "M"}${xs[i].toFixed(1)} ${ys[i].toFixed(1)}`;
  return d;
}

// Round numbers that divide [lo, hi] into about `count` parts.
export function ticks(lo, hi, count) {
  const raw = (hi - lo) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((value) => value >= raw);
  const out = [];
  for (let t = Math.ceil(lo / step) * step; t <= hi + step * 1e-9; t += step) out.push(Number(t.toFixed(6)));
  return out;
}

export const isStill = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

export default function activation(component) {
  const state = mount(component, (fresh) => {
    fresh.thumbs = h("div", { class: "v-ac-thumbs", role: "group" });
    fresh.stage = h("div", { class: "v-ac-stage" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.thumbs, fresh.stage, fresh.foot);
    fresh.settle = later(140, (x) => fresh.component.setTriggerValue("x", x));
    refit(fresh, build);
  });
  const { here, ...rest } = component.data;
  const signature = JSON.stringify(rest);
  if (!state.dragging) state.here = here;
  if (signature === state.last && state.width === state.root.clientWidth) return show(state);
  state.last = signature;
  state.data = component.data;
  for (const name of ["f", "slope", "other", "otherSlope"]) state[name] = rest[name] ? unpack(rest[name], Float32Array) : null;
  build(state);
  if (!state.wasOpened) {
    state.wasOpened = true;
    sweep(state);
  }
}

// On arrival the point runs along the curve once and comes to rest where it belongs.
function sweep(state) {
  if (isStill() || state.data.fixed) return;
  const [from, to, began] = [0, state.here, performance.now()];
  const frame = (now) => {
    if (state.dragging || !state.root.isConnected) return;
    const share = clamp((now - began) / 900, 0, 1);
    const eased = 1 - (1 - share) ** 3;
    state.here = Math.round(from + (to - from) * eased);
    show(state);
    if (share < 1) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function build(state) {
  const { data, stage, foot, thumbs } = state;
  state.width = state.root.clientWidth;
  const { left, right, top, value, gap, slope, foot: bottom } = PLOT;
  const width = state.width;
  const height = top + value + gap + slope + bottom;
  const below = top + value + gap;
  const x = (state.x = scale(-data.bound, data.bound, left, width - right));
  const yF = (state.yF = scale(...span(state.f, state.other), top + value, top));
  const yS = (state.yS = scale(...span(state.slope, state.otherSlope), below + slope, below));
  const id = `${data.key}-hatch`;
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": data.alt, class: "v-ac-plot" });
  svg.append(
    s("defs", {}, s("pattern", { id, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, s("rect", { width: 6, height: 6, class: "v-ac-zone" }), s("rect", { width: 1.4, height: 6, class: "v-ac-stripe" }))),
  );
  for (const [a, b] of data.zones) {
    const at = { x: x(a), width: Math.max(1, x(b) - x(a)), fill: `url(#${id})` };
    svg.append(s("rect", { ...at, y: top, height: value }), s("rect", { ...at, y: below, height: slope }));
    if (x(b) - x(a) > 74) svg.append(s("text", { x: (x(a) + x(b)) / 2, y: below - 8, class: "v-label v-small", "text-anchor": "middle" }, data.words.saturated));
  }
  axes(svg, x, yF, top, top + value, width - right, false);
  axes(svg, x, yS, below, below + slope, width - right, true);
  const xs = Float32Array.from(state.f, (_, i) => x(-data.bound + (2 * data.bound * i) / (state.f.length - 1)));
  state.xs = xs;
  const drawn = (values, y) => line(xs, Float32Array.from(values, (v) => y(v)));
  for (const sign of data.fixed ? [] : [1, -1]) {
    const y = yS(sign * data.epsilon);
    if (y <= below + slope && y >= below) svg.append(s("line", { x1: left, x2: width - right, y1: y, y2: y, class: "v-ac-epsilon" }));
  }
  if (state.other) {
    svg.append(s("path", { d: drawn(state.other, yF), class: "v-ac-curve v-ac-other" }), s("path", { d: drawn(state.otherSlope, yS), class: "v-ac-curve v-ac-other" }));
  }
  svg.append(s("path", { d: drawn(state.f, yF), class: "v-ac-curve" }), s("path", { d: drawn(state.slope, yS), class: "v-ac-curve v-ac-slope" }));
  svg.append(
    s("text", { x: left + 8, y: top + 14, class: "v-title v-ac-halo" }, `f(x) · ${data.name}`),
    s("text", { x: left + 8, y: below + 14, class: "v-title v-ac-halo v-ac-slope-name" }, data.words.slope),
  );
  if (state.other) {
    const scaleUp = magnify(state);
    const told = scaleUp ? ` · ━ ${data.words.gap} × ${scaleUp}` : "";
    svg.append(s("text", { x: left + 8, y: top + 32, class: "v-label v-ac-halo v-ac-other-name" }, `┄ ${data.otherName}${told}`));
    if (scaleUp) svg.append(s("path", { d: line(xs, state.f.map((v, i) => yF(scaleUp * (v - state.other[i])))), class: "v-ac-curve v-ac-gap" }));
  }
  state.tangent = s("line", { class: "v-ac-tangent" });
  state.cross = s("line", { y1: top, y2: below + slope, class: "v-ac-cross" });
  state.dots = [s("circle", { r: 6, class: "v-ac-dot" }), s("circle", { r: 6, class: "v-ac-dot v-ac-dot-slope" })];
  state.notes = [s("text", { class: "v-number v-ac-halo" }), s("text", { class: "v-number v-ac-halo" })];
  state.handle = s("g", { tabindex: 0, role: "slider", "aria-label": data.words.point, "aria-valuemin": -data.bound, "aria-valuemax": data.bound, class: "v-ac-handle" }, state.cross, ...state.dots);
  svg.append(state.tangent, state.handle, ...state.notes);
  svg.append(s("text", { x: (left + width - right) / 2, y: height - 4, class: "v-label v-small", "text-anchor": "middle" }, "x"));
  wire(state, svg);
  stage.replaceChildren(svg);
  pictures(state, thumbs);
  foot.replaceChildren(
    h("span", { class: "v-hint" }, data.fixed ? "" : data.words.hint),
    pictureButtons(data.words, (kind) => saveSvg(composeSvg(stage, [svg]), data.key, kind)),
  );
  show(state);
}

// Where two functions lie on each other, by which power of ten their difference has to grow to be seen; 0 elsewhere.
function magnify({ f, other, yF }) {
  const gap = Math.max(...f.map((v, i) => Math.abs(v - other[i])));
  const [lo, hi] = [yF.back(PLOT.top + PLOT.value), yF.back(PLOT.top)];
  const power = gap > 1e-7 ? 10 ** Math.floor(Math.log10((0.3 * (hi - lo)) / gap)) : 0;
  return power >= 10 ? power : 0;
}

function span(values, others) {
  let lo = 0;
  let hi = 0;
  for (const array of [values, others ?? []]) {
    for (const v of array) {
      if (v < lo) lo = v;
      if (v > hi) hi = v;
    }
  }
  const pad = 0.08 * (hi - lo || 1);
  return [lo - pad, hi + pad];
}

function axes(svg, x, y, top, floor, right, isLast) {
  const left = PLOT.left;
  for (const t of ticks(y.back(floor), y.back(top), 4)) {
    svg.append(s("line", { x1: left, x2: right, y1: y(t), y2: y(t), class: t === 0 ? "v-ac-zero" : "v-ac-grid" }), s("text", { x: left - 6, y: y(t) + 4, class: "v-label v-small", "text-anchor": "end" }, minus(t)));
  }
  for (const t of ticks(x.back(left), x.back(right), right < 420 ? 4 : 8)) {
    svg.append(s("line", { x1: x(t), x2: x(t), y1: top, y2: floor, class: t === 0 ? "v-ac-zero" : "v-ac-grid" }));
    if (isLast) svg.append(s("text", { x: x(t), y: floor + 15, class: "v-label v-small", "text-anchor": "middle" }, minus(t)));
  }
}

function show(state) {
  const { here, data } = state;
  const x = -data.bound + (2 * data.bound * here) / (state.f.length - 1);
  const [f, slope] = [state.f[here], state.slope[here]];
  const [px, pf, ps] = [state.xs[here], state.yF(f), state.yS(slope)];
  state.cross.setAttribute("x1", px);
  state.cross.setAttribute("x2", px);
  state.dots[0].setAttribute("cx", px);
  state.dots[0].setAttribute("cy", pf);
  state.dots[1].setAttribute("cx", px);
  state.dots[1].setAttribute("cy", ps);
  const reach = Math.min(1.6, 1.6 / Math.max(1, Math.abs(slope)));
  for (const [end, sign] of [["1", -1], ["2", 1]]) {
    state.tangent.setAttribute(`x${end}`, state.x(x + sign * reach));
    state.tangent.setAttribute(`y${end}`, state.yF(f + sign * reach * slope));
  }
  const isRight = px > state.width * 0.62;
  const isDead = Math.abs(slope) < data.epsilon;
  const told = [`x = ${write(x, 2)}, f = ${write(f)}`, `f′ = ${write(slope)}${isDead ? ` < ε` : ""}`];
  state.notes.forEach((note, k) => {
    const [lo, hi] = k ? [PLOT.top + PLOT.value + PLOT.gap + 30, PLOT.top + PLOT.value + PLOT.gap + PLOT.slope - 6] : [PLOT.top + 50, PLOT.top + PLOT.value - 6];
    note.textContent = told[k];
    note.setAttribute("x", px + (isRight ? -12 : 12));
    note.setAttribute("y", clamp((k ? ps : pf) - 10, lo, hi));
    note.setAttribute("text-anchor", isRight ? "end" : "start");
  });
  state.handle.setAttribute("aria-valuenow", x.toFixed(2));
  state.handle.setAttribute("aria-valuetext", told.join(", "));
}

function wire(state, svg) {
  if (state.data.fixed) return;
  const last = state.f.length - 1;
  const go = (index) => {
    state.here = clamp(Math.round(index), 0, last);
    show(state);
    state.settle(Number((-state.data.bound + (2 * state.data.bound * state.here) / last).toFixed(2)));
  };
  const follow = (event) => {
    const x = state.x.back(event.clientX - svg.getBoundingClientRect().left);
    go(((x + state.data.bound) / (2 * state.data.bound)) * last);
  };
  svg.addEventListener("pointerdown", (event) => {
    state.dragging = true;
    svg.setPointerCapture(event.pointerId);
    follow(event);
  });
  svg.addEventListener("pointermove", (event) => state.dragging && follow(event));
  for (const kind of ["pointerup", "pointercancel"]) svg.addEventListener(kind, () => (state.dragging = false));
  state.handle.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -10, ArrowDown: -10, ArrowRight: 10, ArrowUp: 10, PageDown: -100, PageUp: 100 }[event.key];
    const to = event.key === "Home" ? 0 : event.key === "End" ? last : by ? state.here + (event.shiftKey ? by / 10 : by) : null;
    if (to === null) return;
    event.preventDefault();
    go(to);
  });
}

// Every function as a small picture: a click chooses it.
function pictures(state, thumbs) {
  const { data } = state;
  thumbs.setAttribute("aria-label", data.words.all);
  if (data.fixed) return thumbs.replaceChildren();
  const focused = thumbs.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  thumbs.replaceChildren(
    ...data.thumbs.map(([name, title, values]) => {
      const x = scale(0, values.length - 1, 3, 61);
      const y = scale(-1.6, 3, 35, 3);
      const d = line(values.map((_, i) => x(i)), values.map((v) => y(clamp(v, -1.6, 3))));
      const picture = s("svg", { width: 64, height: 38, viewBox: "0 0 64 38", "aria-hidden": "true" }, s("line", { x1: 3, x2: 61, y1: y(0), y2: y(0), class: "v-ac-grid" }), s("line", { x1: 32, x2: 32, y1: 3, y2: 35, class: "v-ac-grid" }), s("path", { d, class: "v-ac-curve" }));
      return h("button", { type: "button", class: `v-ac-thumb${name === data.kind ? " v-picked" : ""}`, "aria-pressed": String(name === data.kind), "data-name": name, onclick: () => state.component.setTriggerValue("kind", name) }, picture, h("span", {}, title));
    }),
  );
  if (focused) thumbs.querySelector(`[data-name="${focused}"]`)?.focus({ preventScroll: true });
}
