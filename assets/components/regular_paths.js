// Coefficients against the strength of the penalty, and the same λ in the plane of two features. One handle: every λ was
// computed before, a drag looks it up here, and the server hears where it came to rest.
import { isStill, line, scale, ticks, write } from "./activation.js";
import { composeSvg, h, later, mount, pictureButtons, refit, s, saveSvg } from "./base.js";

const AT = { left: 46, right: 14, top: 22, paths: 290, gap: 44, error: 130, foot: 34 };
const TONES = ["X", "gradient", "K", "V", "validation", "positive", "negative", "quiet", "Q", "probability"];
const DASHES = ["5 4", "none", "none", "none", "5 4", "2 3", "none", "2 3", "none", "7 3"];

export default function paths(component) {
  const state = mount(component, (fresh) => {
    fresh.told = h("p", { class: "v-rz-told", "aria-live": "polite" });
    fresh.stage = h("div", { class: "v-rz-two" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.told, fresh.stage, fresh.foot);
    fresh.settle = later(160, (k) => fresh.component.setTriggerValue("here", k));
    refit(fresh, build);
  });
  const { here, picked, ...rest } = component.data;
  const signature = JSON.stringify(rest);
  if (!state.dragging) state.k = here;
  state.picked = picked;
  if (signature === state.last && state.width === state.root.clientWidth) return show(state);
  state.last = signature;
  state.data = component.data;
  build(state);
  if (!state.wasOpened && !isStill()) sweep(state);
  state.wasOpened = true;
}

// The first look: λ falls from its largest to where it stands, and the features come in one after another.
function sweep(state) {
  const to = state.k;
  const from = state.data.lg.length - 1;
  const started = performance.now();
  const frame = (now) => {
    if (state.dragging) return;
    const share = Math.max(0, Math.min(1, (now - started) / 1100));
    state.k = Math.round(from + (to - from) * share);
    show(state);
    if (share < 1) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function build(state) {
  const { data, stage, foot } = state;
  const width = (state.width = state.root.clientWidth);
  const isWide = width >= 720;
  const left = isWide ? Math.round(width * 0.58) : width;
  state.right = isWide ? width - left - 22 : width;
  const svg = charts(state, left);
  const side = h("div", { class: "v-rz-side", style: { width: `${state.right}px` } }, bars(state), (state.plane = plane(state)));
  stage.replaceChildren(svg, side);
  foot.replaceChildren(
    h("span", { class: "v-hint" }, data.words.hint),
    pictureButtons(data.words, (kind) => saveSvg(composeSvg(stage, [...stage.querySelectorAll("svg.v-rz-chart")]), data.key, kind)),
  );
  show(state);
}

function charts(state, width) {
  const { data } = state;
  const height = AT.top + AT.paths + AT.gap + AT.error + AT.foot;
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, class: "v-rz-chart v-rz-drag", role: "slider", "aria-label": data.alt, "aria-valuemin": data.lg[0], "aria-valuemax": data.lg.at(-1), tabindex: data.fixed ? null : 0 });
  const x = (state.x = scale(data.lg[0], data.lg.at(-1), AT.left, width - AT.right));
  const most = Math.max(0.05, ...data.beta.flat().map(Math.abs)) * 1.06;
  const y = (state.y = scale(-most, most, AT.top + AT.paths, AT.top));
  const floor = AT.top + AT.paths + AT.gap + AT.error;
  const low = Math.min(...data.error.map((v, k) => v - data.doubt[k]));
  const e = (state.e = scale(Math.max(0, low - 0.03), Math.min(1.25, Math.max(...data.error) + 0.05), floor, floor - AT.error));
  const cap = (v) => Math.max(floor - AT.error, e(v));
  svg.append(s("text", { x: 2, y: 12, class: "v-title" }, data.words.beta), s("text", { x: 2, y: floor - AT.error - 10, class: "v-title" }, data.words.error));
  for (const t of ticks(-most, most, 6)) svg.append(s("line", { x1: AT.left, x2: width - AT.right, y1: y(t), y2: y(t), class: t === 0 ? "v-rz-zero" : "v-rz-grid" }), label(AT.left - 6, y(t) + 4, write(t, 2), "end"));
  for (const t of ticks(e.back(floor), e.back(floor - AT.error), 3)) svg.append(s("line", { x1: AT.left, x2: width - AT.right, y1: e(t), y2: e(t), class: "v-rz-grid" }), label(AT.left - 6, e(t) + 4, write(t, 2), "end"));
  for (const t of [-3, -2, -1, 0, 1]) svg.append(label(x(t), floor + 16, t === 0 ? "λ = 1" : String(10 ** t), "middle"));
  svg.append(label(width - AT.right, floor + 31, data.words.stronger, "end"), label(AT.left, floor + 31, data.words.weaker));
  const xs = data.lg.map(x);
  const upper = line(xs, data.error.map((v, k) => cap(v + data.doubt[k])));
  const lower = xs.map((_, k) => xs.length - 1 - k).map((k) => `L${xs[k].toFixed(1)} ${cap(data.error[k] - data.doubt[k]).toFixed(1)}`).join("");
  svg.append(s("path", { d: `${upper}${lower}Z`, class: "v-rz-band" }), s("path", { d: line(xs, data.error.map(cap)), class: "v-rz-error" }));
  const marks = [["best", data.words.best, 12], ["cautious", data.words.cautious, 25]];
  for (const [name, title, up] of marks) {
    const at = xs[data[name]];
    const isRight = at > width * 0.6;
    svg.append(s("path", { d: `M${at} ${floor - AT.error}V${floor}`, class: "v-rz-mark" }), s("text", { x: at + (isRight ? -4 : 4), y: floor - AT.error + up, class: "v-label v-small v-halo", "text-anchor": isRight ? "end" : "start" }, title));
  }
  state.lines = data.beta.map((values, j) => s("path", { d: line(xs, values.map(y)), class: "v-rz-path", style: { stroke: `var(--v-${TONES[j]})` }, "stroke-dasharray": DASHES[j] }));
  state.dots = data.beta.map((_, j) => s("circle", { r: 3.6, style: { fill: `var(--v-${TONES[j]})` } }));
  state.cursor = s("path", { class: "v-rz-cursor" });
  state.grip = s("rect", { width: 14, height: 26, rx: 5, y: AT.top + AT.paths - 13, class: "v-rz-grip" });
  svg.append(...state.lines, state.cursor, ...state.dots, state.grip);
  state.floor = floor;
  if (!data.fixed) hold(state, svg);
  state.svg = svg;
  return svg;
}

function label(x, y, text, anchor = "start") {
  return s("text", { x, y, class: "v-label v-small", "text-anchor": anchor }, text);
}

function hold(state, svg) {
  const last = state.data.lg.length - 1;
  const to = (k) => {
    const next = Math.max(0, Math.min(last, k));
    if (next === state.k) return;
    state.k = next;
    show(state);
    state.settle(next);
  };
  const follow = (event) => {
    const share = state.x.back(event.clientX - svg.getBoundingClientRect().left);
    to(Math.round(((share - state.data.lg[0]) / (state.data.lg[last] - state.data.lg[0])) * last));
  };
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    svg.setPointerCapture(event.pointerId);
    state.dragging = true;
    follow(event);
  });
  svg.addEventListener("pointermove", (event) => state.dragging && follow(event));
  for (const end of ["pointerup", "pointercancel"]) svg.addEventListener(end, () => (state.dragging = false));
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
    if (!by) return;
    event.preventDefault();
    to(state.k + by);
  });
}

function pick(state, j) {
  state.picked = j;
  show(state);
  state.component.setTriggerValue("pick", j);
}

function bars(state) {
  state.rows = state.data.titles.map((title, j) => {
    const value = h("b", {});
    const bar = h("i", { style: { background: `var(--v-${TONES[j]})` } });
    const node = h("button", { type: "button", class: "v-rz-bar", onclick: () => pick(state, j) }, h("span", {}, title), h("em", {}, bar), value);
    return { node, value, bar };
  });
  return h("div", { class: "v-rz-bars", role: "group", "aria-label": state.data.words.beta }, state.rows.map((row) => row.node));
}

function plane(state) {
  const { data } = state;
  if (!data.plane.length) return h("p", { class: "v-hint" }, data.words.same);
  const size = Math.min(state.right, 300);
  const svg = s("svg", { width: size, height: size + 20, viewBox: `0 0 ${size} ${size + 20}`, class: "v-rz-chart", role: "img", "aria-label": data.words.plane });
  const reach = 1.3 * Math.max(0.2, ...data.free.map(Math.abs));
  const x = scale(-reach, reach, 8, size - 8);
  const y = scale(-reach, reach, size + 8, 24);
  Object.assign(state, { px: x, py: y, reach });
  const id = `${data.key}-plane`;
  svg.append(s("defs", {}, s("clipPath", { id }, s("rect", { x: 8, y: 24, width: size - 16, height: size - 16 }))));
  svg.append(s("text", { x: 2, y: 12, class: "v-title" }, data.words.plane));
  svg.append(s("path", { d: `M8 ${y(0)}H${size - 8}M${x(0)} 24V${size + 8}`, class: "v-rz-zero" }));
  state.region = s("path", { class: "v-rz-region" });
  state.ellipses = [0, 1, 2].map((k) => s("path", { class: k ? "v-rz-ellipse" : "v-rz-ellipse v-rz-now" }));
  state.trail = s("path", { d: line(data.plane.map((v) => x(v[0])), data.plane.map((v) => y(v[1]))), class: "v-rz-trail" });
  state.point = s("circle", { r: 6, class: "v-rz-point" });
  svg.append(s("g", { "clip-path": `url(#${id})` }, state.region, state.ellipses, state.trail));
  svg.append(s("path", { d: `M${x(data.free[0]) - 5} ${y(data.free[1])}h10m-5 -5v10`, class: "v-rz-free" }), state.point);
  svg.append(s("text", { x: size - 10, y: y(0) + 15, class: "v-label v-small v-halo", "text-anchor": "end" }, data.titles[data.two[0]]), s("text", { x: x(0) + 5, y: 36, class: "v-label v-small v-halo" }, data.titles[data.two[1]]));
  return svg;
}

// All β with the same loss as at distance r from least squares: G = LLᵀ, so δ = L⁻ᵀ·r·u.
function ellipse(state, r) {
  const [[a, b], [, d]] = state.data.G;
  const l11 = Math.sqrt(a);
  const l21 = b / l11;
  const l22 = Math.sqrt(Math.max(1e-9, d - l21 * l21));
  const xs = [];
  const ys = [];
  for (let i = 0; i <= 72; i++) {
    const t = (i * Math.PI) / 36;
    const second = (r * Math.sin(t)) / l22;
    xs.push(state.px(state.data.free[0] + (r * Math.cos(t) - l21 * second) / l11));
    ys.push(state.py(state.data.free[1] + second));
  }
  return line(xs, ys);
}

function moveInPlane(state, k) {
  const { data } = state;
  const at = data.plane[k];
  state.point.setAttribute("cx", state.px(at[0]));
  state.point.setAttribute("cy", state.py(at[1]));
  const [[a, b], [, d]] = data.G;
  const [u, v] = [at[0] - data.free[0], at[1] - data.free[1]];
  const r = Math.sqrt(Math.max(0, a * u * u + 2 * b * u * v + d * v * v));
  [r, r * 0.55, r * 1.5].forEach((size, n) => state.ellipses[n].setAttribute("d", ellipse(state, size)));
  // The penalty counts β in the features' own units.
  const own = at.map((value, n) => value / data.spread[n]);
  const t = data.rho * (Math.abs(own[0]) + Math.abs(own[1])) + ((1 - data.rho) / 2) * (own[0] ** 2 + own[1] ** 2);
  const xs = [];
  const ys = [];
  for (let i = 0; i <= 96; i++) {
    const c = [Math.cos((i * Math.PI) / 48), Math.sin((i * Math.PI) / 48)];
    const flat = data.rho * (Math.abs(c[0]) + Math.abs(c[1]));
    const bend = 1 - data.rho;
    const length = bend > 0 ? (-flat + Math.sqrt(flat * flat + 2 * bend * t)) / bend : t / flat;
    xs.push(state.px(length * c[0] * data.spread[0]));
    ys.push(state.py(length * c[1] * data.spread[1]));
  }
  state.region.setAttribute("d", `${line(xs, ys)}Z`);
}

function show(state) {
  const { data, k } = state;
  const at = state.x(data.lg[k]);
  state.cursor.setAttribute("d", `M${at} ${AT.top - 4}V${state.floor}`);
  state.grip.setAttribute("x", at - 7);
  const most = Math.max(0.05, ...data.beta.flat().map(Math.abs));
  let alive = 0;
  data.beta.forEach((values, j) => {
    const v = values[k];
    if (v !== 0) alive += 1;
    state.dots[j].setAttribute("cx", at);
    state.dots[j].setAttribute("cy", state.y(v));
    const { node, value, bar } = state.rows[j];
    value.textContent = v === 0 ? "0" : write(v, 3);
    node.classList.toggle("v-rz-out", v === 0);
    node.classList.toggle("v-picked", j === state.picked);
    node.setAttribute("aria-pressed", j === state.picked);
    state.lines[j].classList.toggle("v-picked", j === state.picked);
    bar.style.width = `${(Math.abs(v) / most) * 50}%`;
    bar.style.left = `${v < 0 ? 50 - (Math.abs(v) / most) * 50 : 50}%`;
  });
  if (data.plane.length) moveInPlane(state, k);
  const text = `λ = ${Number((10 ** data.lg[k]).toPrecision(3))} · ${data.words.alive} ${alive}/${data.beta.length} · ${data.words.mse} ${write(data.error[k], 3)}`;
  state.told.textContent = text;
  state.svg.setAttribute("aria-valuenow", data.lg[k]);
  state.svg.setAttribute("aria-valuetext", text);
}
