// One prediction under all losses: values above, gradients below, one point that is dragged through both. Every number
// was computed before; a drag looks it up here, and the server hears where it came to rest.
import { composeSvg, h, later, mount, pictureButtons, refit, s, saveSvg } from "./base.js";

const PAD = { left: 42, right: 16, top: 26 };
const TALL = { value: 250, slope: 190 };
const clamp = (v, lo, hi) => Math.max(lo, Math.min(hi, v));

export function unpack(words) {
  const bytes = Uint8Array.from(atob(words), (c) => c.charCodeAt(0));
  return new Float32Array(bytes.buffer);
}

export function spell(value, n = 3) {
  const text = Math.abs(value) >= 1e4 || (value !== 0 && Math.abs(value) < 0.5 * 10 ** -n) ? value.toExponential(1) : value.toFixed(n);
  return text.replace(/^-(0(\.0*)?)$/, "$1").replace("-", "−");
}

// Press, move, release anywhere on the node; a rerun in between does not pull the point back.
export function draggable(state, node, follow) {
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || state.data.fixed) return;
    node.setPointerCapture(event.pointerId);
    state.dragging = true;
    follow(event, true);
    event.preventDefault();
  });
  node.addEventListener("pointermove", (event) => state.dragging && node.hasPointerCapture(event.pointerId) && follow(event, false));
  for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, () => (state.dragging = false));
}

// Rows of losses: a swatch with the line's own dash, the name, numbers; a row is a button.
export function lossTable(state, heads, items) {
  state.rows = new Map();
  const body = items.map((item) => {
    const cells = heads.slice(1).map(() => h("td", {}));
    const pick = () => state.choose(item.name);
    const row = h(
      "tr",
      {
        tabindex: 0,
        role: "button",
        "data-name": item.name,
        onclick: pick,
        onpointerenter: () => state.light(item.name),
        onpointerleave: () => state.light(null),
        onkeydown: (event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          pick();
        },
      },
      h("th", { scope: "row" }, swatch(item), item.title),
      cells,
    );
    state.rows.set(item.name, { row, cells });
    return row;
  });
  return h("table", { class: "v-losses-table" }, h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))), h("tbody", {}, body));
}

function swatch(item) {
  const line = s("line", { x1: 1, x2: 25, y1: 6, y2: 6, style: { stroke: `var(--v-${item.tone})` }, "stroke-width": 2.6, "stroke-dasharray": item.dash });
  return s("svg", { width: 26, height: 12, "aria-hidden": "true" }, line);
}

export default function losses(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-losses" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.foot);
    fresh.settle = later(120, (x) => fresh.component.setTriggerValue("x", x));
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
    state.curves = rest.curves.map((curve) => ({ ...curve, value: unpack(curve.values), slope: unpack(curve.slopes) }));
    if (state.here >= state.curves[0].value.length) state.here = here;
    build(state);
  } else move(state, state.here);
}

const xAt = (state, k) => -state.data.bound + k * state.data.step;

function build(state) {
  const { data, stage, foot } = state;
  state.width = state.root.clientWidth;
  const beside = state.width >= 720 ? 330 : 0;
  state.span = state.width - (beside ? beside + 24 : 0);
  state.charts = [chart(state, "value", 0, data.top), chart(state, "slope", -data.steepest, data.steepest)];
  const table = lossTable(state, [data.words.loss, "L", data.words.slope, ""], data.curves);
  stage.replaceChildren(
    h("div", { class: "v-losses-charts", style: { width: `${state.span}px` } }, state.charts.map((c) => c.svg)),
    h("div", { class: "v-losses-side", style: { width: beside ? `${beside}px` : "100%" } }, table),
  );
  for (const { cells } of state.rows.values()) cells[2].append(h("i", { class: "v-lo-pull" }));
  foot.replaceChildren(
    h("span", { class: "v-hint" }, data.fixed ? "" : data.words.hint),
    pictureButtons(data.words, (kind) => saveSvg(composeSvg(stage, state.charts.map((c) => c.svg)), data.name, kind)),
  );
  move(state, state.here);
  light(state, null);
}

function chart(state, kind, lo, hi) {
  const { data, span: width } = state;
  const height = TALL[kind];
  const hasChances = data.truth === null && kind === "slope"; // under a logit stands its probability
  const bottom = hasChances ? 50 : 40;
  const points = state.curves[0].value.length;
  const x = (k) => PAD.left + (k / (points - 1)) * (width - PAD.left - PAD.right);
  const y = (v) => height - bottom - ((clamp(v, lo - 0.2 * hi, hi * 1.2) - lo) / (hi - lo)) * (height - PAD.top - bottom);
  const id = `${data.name}-${kind}`;
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": data.alt });
  svg.append(
    s("defs", {}, s("clipPath", { id }, s("rect", { x: PAD.left, y: PAD.top - 4, width: width - PAD.left - PAD.right, height: height - PAD.top - bottom + 8 }))),
    s("text", { x: 2, y: 12, class: "v-title" }, kind === "value" ? data.words.value : data.words.gradient),
  );
  const ticks = kind === "value" ? [0, hi / 2, hi] : [-Math.floor(hi), 0, Math.floor(hi)];
  for (const v of ticks)
    svg.append(
      s("line", { x1: PAD.left, x2: width - PAD.right, y1: y(v), y2: y(v), class: v === 0 ? "v-lo-zero" : "v-lo-grid" }),
      s("text", { x: PAD.left - 6, y: y(v) + 4, class: "v-label v-small", "text-anchor": "end" }, spell(v, Number.isInteger(v) ? 0 : 1)),
    );
  for (let v = -data.bound; v <= data.bound; v += 2) {
    const at = x((v + data.bound) / data.step);
    svg.append(s("text", { x: at, y: height - bottom + 16, class: "v-label v-small", "text-anchor": "middle" }, spell(v, 0)));
    if (hasChances) svg.append(s("text", { x: at, y: height - bottom + 30, class: "v-label v-small", "text-anchor": "middle" }, (1 / (1 + Math.exp(-v))).toFixed(3)));
  }
  svg.append(s("text", { x: width - PAD.right, y: height - (hasChances ? 3 : 8), class: "v-label v-small", "text-anchor": "end" }, hasChances ? `${data.words.x},  p = σ(z)` : data.words.x));
  if (data.truth !== null) {
    const at = x((data.truth + data.bound) / data.step);
    svg.append(s("line", { x1: at, x2: at, y1: PAD.top, y2: height - bottom, class: "v-lo-truth" }), s("text", { x: at - 5, y: PAD.top + 8, class: "v-label v-small v-halo", "text-anchor": "end" }, kind === "value" ? data.words.truth : ""));
  }
  const lines = new Map();
  const plane = s("g", { "clip-path": `url(#${id})` });
  for (const curve of state.curves) {
    const d = Array.from(curve[kind], (v, k) => `${k ? "L" : "M"}${x(k).toFixed(1)} ${y(v).toFixed(1)}`).join("");
    const path = s("path", { d, class: "v-lo-line", style: { stroke: `var(--v-${curve.tone})` }, "stroke-dasharray": curve.dash });
    path.addEventListener("pointerenter", () => state.light(curve.name));
    path.addEventListener("pointerleave", () => state.light(null));
    lines.set(curve.name, path);
    plane.append(path);
  }
  const cursor = s("line", { y1: PAD.top - 4, y2: height - bottom, class: "v-lo-cursor" });
  const dots = new Map(state.curves.map((c) => [c.name, s("circle", { r: 3.2, class: "v-lo-loss-dot", style: { fill: `var(--v-${c.tone})` } })]));
  const arrow = s("path", { class: "v-downhill" });
  const read = s("text", { class: "v-number v-halo v-lo-reading" });
  svg.append(plane, cursor, ...dots.values(), arrow, read);
  const made = { svg, kind, x, y, lo, hi, lines, dots, cursor, arrow, read, floor: height - bottom };
  if (!data.fixed) {
    svg.classList.add("v-draggable");
    Object.assign(svg, { tabIndex: 0 });
    draggable(state, svg, (event) => {
      const share = (event.clientX - svg.getBoundingClientRect().left - PAD.left) / (width - PAD.left - PAD.right);
      to(state, clamp(Math.round(share * (points - 1)), 0, points - 1));
    });
    svg.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -20, PageUp: 20 }[event.key];
      if (!by) return;
      event.preventDefault();
      to(state, clamp(state.here + by, 0, points - 1));
    });
  }
  return made;
}

function to(state, k) {
  if (k === state.here) return;
  move(state, k);
  state.settle(Math.round(xAt(state, k) * 100) / 100);
}

function move(state, k) {
  state.here = k;
  for (const c of state.charts) {
    const at = c.x(k);
    c.cursor.setAttribute("x1", at);
    c.cursor.setAttribute("x2", at);
    for (const curve of state.curves) {
      const v = curve[c.kind][k];
      const dot = c.dots.get(curve.name);
      dot.setAttribute("cx", at);
      dot.setAttribute("cy", c.y(v));
      dot.setAttribute("visibility", v > c.hi * 1.02 || v < c.lo * 1.02 - 0.02 ? "hidden" : "visible");
    }
  }
  for (const curve of state.curves) {
    const { cells } = state.rows.get(curve.name);
    cells[0].textContent = spell(curve.value[k]);
    cells[1].textContent = spell(curve.slope[k]);
    const share = clamp(curve.slope[k] / state.data.steepest, -1, 1);
    const bar = cells[2].firstChild;
    bar.style.width = `${Math.abs(share) * 50}%`;
    bar.style.left = `${share < 0 ? 50 + share * 50 : 50}%`;
  }
  strong(state);
}

// The picked loss says its number at the point, and where a step against the gradient would go.
function strong(state) {
  const curve = state.curves.find((c) => c.name === state.picked) ?? state.curves[0];
  const k = state.here;
  for (const c of state.charts) {
    const at = c.x(k);
    const v = curve[c.kind][k];
    const high = clamp(c.y(v), PAD.top + 10, c.floor - 4);
    const isRight = at < state.span * 0.8;
    c.read.textContent = `${c.kind === "value" ? "L" : state.data.words.slope} = ${spell(v)}`;
    c.read.setAttribute("x", at + (isRight ? 10 : -10));
    c.read.setAttribute("y", high - 7);
    c.read.setAttribute("text-anchor", isRight ? "start" : "end");
    if (c.kind !== "value") continue;
    const step = clamp(-curve.slope[k] * 46, -150, 150);
    const end = clamp(at + step, PAD.left, state.span - PAD.right);
    const tip = Math.sign(step) * 6;
    c.arrow.setAttribute("d", Math.abs(end - at) < 2 ? "" : `M${at} ${c.floor}H${end}m${-tip} -4l${tip} 4l${-tip} 4`);
  }
}

function light(state, name) {
  const chosen = state.curves.some((c) => c.name === state.picked) ? state.picked : state.curves[0].name;
  for (const c of state.charts)
    for (const [key, path] of c.lines) {
      path.classList.toggle("v-picked", key === chosen);
      path.classList.toggle("v-lit", key === name);
      c.dots.get(key).setAttribute("r", key === chosen ? 6 : 3.2);
    }
  for (const [key, { row }] of state.rows) {
    row.classList.toggle("v-picked", key === chosen);
    row.setAttribute("aria-pressed", key === chosen);
    row.classList.toggle("v-lit", key === name);
  }
  strong(state);
}
