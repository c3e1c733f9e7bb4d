// Three lines through the same points, and one outlier that is dragged: every height it can take was fitted before.
import { composeSvg, h, later, mount, pictureButtons, refit, s, saveSvg } from "./base.js";
import { draggable, lossTable, spell, unpack } from "./losses.js";

const TOP = 22;
const PAD = { left: 34, right: 8, top: 20, bottom: 36 };
const clamp = (v, lo, hi) => Math.max(lo, Math.min(hi, v));

export default function outlier(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-losses" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.foot);
    fresh.settle = later(120, (y) => fresh.component.setTriggerValue("y", y));
    fresh.tell = later(60, (name) => fresh.component.setTriggerValue("pick", name));
    fresh.choose = (name) => {
      fresh.picked = name;
      light(fresh, null);
      fresh.tell(name);
    };
    fresh.light = (name) => light(fresh, name);
    refit(fresh, build);
  });
  const { here, picked, ...rest } = component.data;
  const signature = JSON.stringify([rest, getComputedStyle(state.root).color]);
  if (!state.dragging) state.here = here;
  state.picked = picked;
  if (signature !== state.last) {
    state.last = signature;
    state.data = component.data;
    state.fits = rest.fits.map((fit) => ({ ...fit, line: unpack(fit.lines) }));
    build(state);
  } else {
    move(state, state.here);
    light(state, null);
  }
}

function build(state) {
  const { data } = state;
  state.width = state.root.clientWidth;
  const wide = state.width >= 720;
  const size = wide ? state.width - 340 : state.width;
  const table = lossTable(state, [data.words.fit, data.words.slope, data.words.clean], data.fits);
  state.plane = plane(state, size, wide ? 400 : 320);
  state.sweep = sweep(state, wide ? 320 : state.width, 210);
  state.stage.replaceChildren(state.plane.svg, h("div", { class: "v-losses-side", style: { width: wide ? "320px" : "100%" } }, table, state.sweep.svg));
  state.foot.replaceChildren(
    h("span", { class: "v-hint" }, data.fixed ? "" : data.words.hint),
    pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.stage, [state.plane.svg, state.sweep.svg]), data.name, kind)),
  );
  move(state, state.here);
  light(state, null);
}

function frame(state, width, height, xs, ys) {
  const x = (v) => PAD.left + ((v - xs[0]) / (xs[1] - xs[0])) * (width - PAD.left - PAD.right);
  const y = (v) => height - PAD.bottom - ((v - ys[0]) / (ys[1] - ys[0])) * (height - PAD.top - PAD.bottom);
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": state.data.alt });
  const id = `${state.data.name}-${width}-${height}`;
  svg.append(
    s("defs", {}, s("clipPath", { id }, s("rect", { x: x(xs[0]), y: y(ys[1]), width: x(xs[1]) - x(xs[0]), height: y(ys[0]) - y(ys[1]) }))),
    s("rect", { x: x(xs[0]), y: y(ys[1]), width: x(xs[1]) - x(xs[0]), height: y(ys[0]) - y(ys[1]), class: "v-plane" }),
  );
  return { svg, x, y, id, width, height };
}

function ticks(made, xs, ys) {
  for (const v of xs) made.svg.append(s("text", { x: made.x(v), y: made.height - PAD.bottom + 15, class: "v-label v-small", "text-anchor": "middle" }, spell(v, 0)));
  for (const v of ys)
    made.svg.append(
      s("line", { x1: PAD.left, x2: made.width - PAD.right, y1: made.y(v), y2: made.y(v), class: v === 0 ? "v-lo-zero" : "v-lo-grid" }),
      s("text", { x: PAD.left - 5, y: made.y(v) + 4, class: "v-label v-small", "text-anchor": "end" }, spell(v, Math.abs(v) < 1 && v ? 1 : 0)),
    );
}

function plane(state, width, height) {
  const { data } = state;
  const right = Math.max(11, data.x.at(-1) + 1);
  const made = frame(state, width, height, [-1, right], [-TOP, TOP]);
  ticks(made, right > 25 ? [0, 20, 40, 60].filter((v) => v < right) : [0, 5, 10, 15, 20].filter((v) => v < right), [-20, -10, 0, 10, 20]);
  made.right = right;
  made.lines = new Map(state.fits.map((fit) => [fit.name, s("line", { class: "v-lo-line", style: { stroke: `var(--v-${fit.tone})` }, "stroke-dasharray": fit.dash })]));
  const group = s("g", { "clip-path": `url(#${made.id})` }, ...made.lines.values());
  made.gap = s("line", { class: "v-gap" });
  made.svg.append(group, made.gap);
  data.y.forEach((v, k) => made.svg.append(s("circle", { cx: made.x(data.x[k]), cy: made.y(v), r: 4.5, class: "v-lo-inlier" })));
  made.mark = s("g", { class: "v-lo-point" }, s("circle", { r: 20, class: "v-lo-grab" }), s("path", { d: "M0 -9L9 0L0 9L-9 0Z", class: "v-outlier" }), s("text", { y: -14, class: "v-label v-halo v-lo-point-name", "text-anchor": "middle" }, data.words.outlier));
  made.svg.append(made.mark);
  if (!data.fixed) {
    const at = (event) => TOP - ((event.clientY - made.svg.getBoundingClientRect().top - PAD.top) / (height - PAD.top - PAD.bottom)) * 2 * TOP;
    draggable(state, made.mark, (event) => to(state, index(state, at(event))));
    made.mark.setAttribute("tabindex", 0);
    made.mark.setAttribute("role", "slider");
    made.mark.setAttribute("aria-label", data.words.height);
    made.mark.addEventListener("keydown", (event) => {
      const by = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (!by) return;
      event.preventDefault();
      to(state, clamp(state.here + by, 0, data.places.length - 1));
    });
  }
  return made;
}

// The slope that each loss finds, against the height of the outlier.
function sweep(state, width, height) {
  const { data } = state;
  const all = state.fits.flatMap((fit) => Array.from(fit.line).filter((_, k) => k % 2 === 0));
  const [lo, hi] = [Math.min(0, ...all) - 0.1, Math.max(1, ...all) + 0.1];
  const made = frame(state, width, height, [data.places[0], data.places.at(-1)], [lo, hi]);
  ticks(made, [-20, -10, 0, 10, 20], [0, 1].concat(lo < -1 ? [-1] : []));
  made.svg.append(s("text", { x: 2, y: 12, class: "v-title" }, data.words.slope), s("text", { x: width - PAD.right, y: height - 5, class: "v-label v-small", "text-anchor": "end" }, data.words.height));
  made.lines = new Map();
  made.dots = new Map();
  for (const fit of state.fits) {
    const d = data.places.map((v, k) => `${k ? "L" : "M"}${made.x(v).toFixed(1)} ${made.y(fit.line[2 * k]).toFixed(1)}`).join("");
    made.lines.set(fit.name, s("path", { d, class: "v-lo-line", style: { stroke: `var(--v-${fit.tone})` }, "stroke-dasharray": fit.dash }));
    made.dots.set(fit.name, s("circle", { r: 4, class: "v-lo-loss-dot", style: { fill: `var(--v-${fit.tone})` } }));
  }
  made.cursor = s("line", { y1: PAD.top, y2: height - PAD.bottom, class: "v-lo-cursor" });
  made.svg.append(...made.lines.values(), made.cursor, ...made.dots.values());
  if (!data.fixed) {
    made.svg.classList.add("v-draggable");
    draggable(state, made.svg, (event) => {
      const share = (event.clientX - made.svg.getBoundingClientRect().left - PAD.left) / (width - PAD.left - PAD.right);
      to(state, clamp(Math.round(share * (data.places.length - 1)), 0, data.places.length - 1));
    });
  }
  return made;
}

function index(state, y) {
  const { places } = state.data;
  return clamp(Math.round((y - places[0]) / (places[1] - places[0])), 0, places.length - 1);
}

function to(state, k) {
  if (k === state.here) return;
  move(state, k);
  state.settle(state.data.places[k]);
}

function move(state, k) {
  state.here = k;
  const { data, plane: p, sweep: sw } = state;
  const y = data.places[k];
  p.mark.setAttribute("transform", `translate(${p.x(data.x.at(-1))} ${p.y(y)})`);
  for (const fit of state.fits) {
    const [w, b] = [fit.line[2 * k], fit.line[2 * k + 1]];
    const line = p.lines.get(fit.name);
    const ends = { x1: p.x(-1), y1: p.y(b - w), x2: p.x(p.right), y2: p.y(w * p.right + b) };
    for (const [key, value] of Object.entries(ends)) line.setAttribute(key, value);
    sw.dots.get(fit.name).setAttribute("cx", sw.x(y));
    sw.dots.get(fit.name).setAttribute("cy", sw.y(w));
    const { cells } = state.rows.get(fit.name);
    cells[0].textContent = spell(w);
    cells[1].textContent = spell(fit.clean);
  }
  sw.cursor.setAttribute("x1", sw.x(y));
  sw.cursor.setAttribute("x2", sw.x(y));
  gap(state);
}

// The residual of the outlier from the picked line.
function gap(state) {
  const { data, plane: p, here: k } = state;
  const fit = state.fits.find((f) => f.name === state.picked) ?? state.fits[0];
  const x = data.x.at(-1);
  const ends = { x1: p.x(x), x2: p.x(x), y1: p.y(data.places[k]), y2: p.y(clamp(fit.line[2 * k] * x + fit.line[2 * k + 1], -TOP, TOP)) };
  for (const [key, value] of Object.entries(ends)) p.gap.setAttribute(key, value);
}

function light(state, name) {
  const chosen = state.fits.some((f) => f.name === state.picked) ? state.picked : state.fits[0].name;
  for (const lines of [state.plane.lines, state.sweep.lines])
    for (const [key, path] of lines) {
      path.classList.toggle("v-picked", key === chosen);
      path.classList.toggle("v-lit", key === name);
    }
  for (const [key, { row }] of state.rows) {
    row.classList.toggle("v-picked", key === chosen);
    row.setAttribute("aria-pressed", key === chosen);
    row.classList.toggle("v-lit", key === name);
  }
  gap(state);
}
