// A race over a map: contours once, paths sent once and played here; the loss of every run beside it.
import { composeSvg, h, later, mount, pictureButtons, player, readTones, refit, s, saveSvg } from "./base.js";

const PAD = { left: 34, right: 8, top: 8, bottom: 26 };
const LEVELS = 16;
const HIDDEN = 65535;
const clamp = (value, lo, hi) => Math.max(lo, Math.min(hi, value));
const nice = (value) => {
  if (!Number.isFinite(value)) return "∞";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) {
    const [mantissa, exponent] = value.toExponential(1).split("e");
    return `${mantissa}e${Number(exponent)}`.replaceAll("-", "−");
  }
  return String(Number(value.toPrecision(4))).replace("-", "−");
};

const short = (value) => (Math.abs(value) < 1000 ? String(Number(value.toFixed(3)) + 0).replace("-", "−") : nice(Number(value.toPrecision(2))));

function unpack(words, Kind) {
  const bytes = Uint8Array.from(atob(words), (c) => c.charCodeAt(0));
  return new Kind(bytes.buffer);
}

export default function descent(component) {
  const state = mount(component, (fresh) => {
    fresh.rows = h("div", { class: "v-runs", role: "group" });
    fresh.stage = h("div", { class: "v-race" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.rows, fresh.foot);
    fresh.tell = (kind, value) => !fresh.data.fixed && fresh.component.setTriggerValue(kind, value);
    fresh.tellView = later(250, (value) => fresh.tell("view", value));
    refit(fresh, build);
  });
  const data = component.data;
  const { picked, step, shown, words, ...rest } = data;
  const signature = JSON.stringify([rest, words, getComputedStyle(state.root).color]);
  const isFirst = !state.data;
  state.data = data;
  state.picked = picked;
  state.shown = new Set(shown);
  if (signature === state.last) {
    paintRows(state);
    return draw(state);
  }
  state.last = signature;
  state.runs = data.runs.map((one) => ({ ...one, path: unpack(one.path, Float32Array), value: unpack(one.value, Float32Array) }));
  state.heights = unpack(data.heights, Uint16Array);
  state.view = data.view.slice();
  const wasPlaying = state.player?.playing();
  const kept = isFirst ? (step === null ? data.steps : step) : step === null && !wasPlaying ? data.steps : (state.player?.index() ?? data.steps);
  state.player?.pause();
  const names = Array.from({ length: data.steps + 1 }, (_, t) => `t = ${t}`);
  state.player = player({
    names,
    words: { ...words, step: words.steps },
    ms: clamp(5000 / data.steps, 4, 90),
    show: (t) => {
      state.t = t;
      if (!state.frame) {
        state.frame = requestAnimationFrame(() => {
          state.frame = 0;
          draw(state);
        });
      }
    },
    // A run that was played to its end is where the server already is.
    settled: (t) => (t === state.data.steps ? null : t) !== state.data.step && state.tell("step", t),
  });
  state.t = clamp(kept, 0, data.steps);
  build(state);
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  state.player.go(state.t, { quiet: true });
  // The first arrival plays by itself: a run that moves says at once what the picture is about.
  if ((isFirst && step === null && !data.fixed && !isStill) || wasPlaying) {
    if (isFirst) state.player.go(0, { quiet: true });
    state.player.node.querySelector(".v-play").click();
  }
}

// ---- layout: once a size or a race ------------------------------------------------------------------------------

function build(state) {
  const { data, stage, foot } = state;
  state.width = state.root.clientWidth;
  if (!state.width) return;
  const isWide = state.width >= 620;
  const mapWidth = isWide ? Math.round(state.width * 0.6) : state.width;
  const mapHeight = Math.round(Math.min(mapWidth * 0.78, 470));
  const lossWidth = isWide ? state.width - mapWidth - 16 : state.width;
  const lossHeight = isWide ? mapHeight : 210;
  stage.replaceChildren();
  const map = makeMap(state, mapWidth, mapHeight);
  const loss = makeLoss(state, lossWidth, lossHeight);
  stage.append(map, loss);
  const zoom = (label, title, act) => h("button", { type: "button", class: "v-zoom", title, "aria-label": title, onclick: act }, label);
  const at = () => [(state.view[0] + state.view[1]) / 2, (state.view[2] + state.view[3]) / 2];
  foot.replaceChildren(
    state.player.node,
    h(
      "div",
      { class: "v-saves" },
      zoom("+", data.words.nearer, () => zoomAt(state, at(), 0.6)),
      zoom("−", data.words.further, () => zoomAt(state, at(), 1 / 0.6)),
      zoom("⤢", data.words.whole, () => look(state, data.whole.slice())),
    ),
    pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.stage, [...state.pictures, loss]), data.name, kind)),
    ...(data.fixed ? [] : [h("span", { class: "v-hint" }, data.words.drag)]),
  );
  paintRows(state);
  draw(state);
}

const toX = (state, x) => state.box.left + ((x - state.view[0]) / (state.view[1] - state.view[0])) * state.box.width;
const toY = (state, y) => state.box.top + (1 - (y - state.view[2]) / (state.view[3] - state.view[2])) * state.box.height;
const fromX = (state, px) => state.view[0] + ((px - state.box.left) / state.box.width) * (state.view[1] - state.view[0]);
const fromY = (state, py) => state.view[2] + (1 - (py - state.box.top) / state.box.height) * (state.view[3] - state.view[2]);

let clips = 0;

function makeMap(state, width, height) {
  const { data } = state;
  state.box = { left: PAD.left, top: PAD.top, width: width - PAD.left - PAD.right, height: height - PAD.top - PAD.bottom };
  const { box } = state;
  const clip = `v-clip-${(clips += 1)}`;
  // Two layers: the ground is painted once, and only the runs over it are painted again in every frame.
  const size = { width, height, viewBox: `0 0 ${width} ${height}` };
  const under = s("svg", { ...size, class: "v-ground", "aria-hidden": "true" });
  const svg = s("svg", { ...size, role: "img", "aria-label": data.alt, class: "v-map" });
  const clipped = (to) => {
    const group = s("g", { "clip-path": `url(#${clip}${to.classList[0]})` });
    to.append(s("clipPath", { id: `${clip}${to.classList[0]}` }, s("rect", { x: box.left, y: box.top, width: box.width, height: box.height })), group);
    return group;
  };
  state.ground = s("g", {});
  state.axes = s("g", {});
  clipped(under).append(state.ground);
  under.append(s("rect", { class: "v-plane", x: box.left, y: box.top, width: box.width, height: box.height }), state.axes);
  state.trails = clipped(svg);
  state.heads = s("g", {});
  state.reading = s("text", { class: "v-label v-halo v-small", x: box.left + 7, y: box.top + 16 });
  svg.append(state.heads, state.reading);
  state.lines = new Map();
  for (const one of state.runs) {
    const line = s("path", { class: "v-trail", "stroke-dasharray": one.dash, style: { stroke: `var(--v-${one.role})` } });
    state.trails.append(line);
    const head = s(
      "g",
      { class: "v-runner", onclick: () => pick(state, one.id) },
      s("circle", { r: 8.5, style: { fill: `var(--v-${one.role})` } }),
      s("text", { "text-anchor": "middle", dy: "3.6" }, one.initial),
    );
    state.heads.append(head);
    state.lines.set(one.id, { line, head });
  }
  state.cross = s("g", { class: data.movable ? "v-start v-movable" : "v-start", tabindex: data.movable ? 0 : null, role: data.movable ? "button" : "img", "aria-label": data.words.start });
  state.cross.append(
    s("circle", { r: 13, class: "v-start-hit" }),
    s("path", { d: "M-7,-7L7,7M-7,7L7,-7", class: "v-start-halo" }),
    s("path", { d: "M-7,-7L7,7M-7,7L7,-7", class: "v-start-cross" }),
  );
  svg.append(state.cross);
  state.startAt = [state.runs[0].path[0], state.runs[0].path[1]];
  listen(state, svg);
  layGround(state);
  state.pictures = [under, svg];
  return h("div", { class: "v-layers" }, under, svg);
}

function layGround(state) {
  const { ground, axes, box, data } = state;
  ground.replaceChildren();
  const box0 = data.view;
  // The map was computed for data.view; while the reader moves, it is stretched until the server sends the new part.
  const x0 = toX(state, box0[0]);
  const x1 = toX(state, box0[1]);
  const y0 = toY(state, box0[3]);
  const y1 = toY(state, box0[2]);
  if (!state.tile || state.tile.of !== state.heights) state.tile = paintTile(state);
  ground.append(s("image", { href: state.tile.image, x: x0, y: y0, width: x1 - x0, height: y1 - y0, preserveAspectRatio: "none" }));
  const size = data.grid - 1;
  ground.append(
    s("path", {
      class: "v-contour",
      d: state.tile.contours,
      transform: `translate(${x0},${y1}) scale(${(x1 - x0) / size},${-(y1 - y0) / size})`,
      "vector-effect": "non-scaling-stroke",
    }),
  );
  for (const [x, y] of data.minima) {
    ground.append(s("path", { class: "v-lowest", d: "M-5,0L5,0M0,-5L0,5", transform: `translate(${toX(state, x)},${toY(state, y)})` }, s("title", {}, data.words.lowest)));
  }
  axes.replaceChildren();
  for (const v of ticks(state.view[0], state.view[1], box.width / 70)) {
    axes.append(s("text", { class: "v-label v-small", x: toX(state, v), y: box.top + box.height + 15, "text-anchor": "middle" }, nice(v)));
  }
  for (const v of ticks(state.view[2], state.view[3], box.height / 50)) {
    axes.append(s("text", { class: "v-label v-small", x: box.left - 5, y: toY(state, v) + 4, "text-anchor": "end" }, nice(v)));
  }
  axes.append(s("text", { class: "v-title", x: box.left + box.width, y: box.top + box.height + 24, "text-anchor": "end" }, data.axes[0]));
  axes.append(s("text", { class: "v-title", x: 2, y: box.top + 10 }, data.axes[1]));
  const isEmpty = state.heights.every((v) => v === HIDDEN);
  if (isEmpty) ground.append(s("text", { class: "v-label", x: box.left + box.width / 2, y: box.top + box.height / 2, "text-anchor": "middle" }, data.words.none));
}

function ticks(lo, hi, about) {
  const raw = (hi - lo) / Math.max(2, about);
  const power = 10 ** Math.floor(Math.log10(raw));
  const unit = [1, 2, 5, 10].map((k) => k * power).find((u) => u >= raw);
  const out = [];
  for (let v = Math.ceil(lo / unit) * unit; v <= hi + unit * 1e-6; v += unit) out.push(Number(v.toFixed(10)));
  return out;
}

// The shading as a small picture and the contours as one path in units of the grid.
function paintTile(state) {
  const { grid } = state.data;
  const z = state.heights;
  const tone = readTones(state.root);
  const paper = tone("--v-paper");
  const shade = tone("--v-quiet");
  const canvas = h("canvas", { width: grid, height: grid });
  const pen = canvas.getContext("2d");
  const pixels = pen.createImageData(grid, grid);
  for (let row = 0; row < grid; row += 1) {
    for (let col = 0; col < grid; col += 1) {
      const v = z[row * grid + col];
      const k = ((grid - 1 - row) * grid + col) * 4;
      const share = v === HIDDEN ? 0 : 0.04 + 0.34 * (v / (HIDDEN - 1));
      for (let c = 0; c < 3; c += 1) pixels.data[k + c] = paper[c] + (shade[c] - paper[c]) * share;
      pixels.data[k + 3] = v === HIDDEN ? 0 : 255;
    }
  }
  pen.putImageData(pixels, 0, 0);
  const parts = [];
  for (let level = 1; level <= LEVELS; level += 1) contour(z, grid, (level / (LEVELS + 1)) * (HIDDEN - 1) + 0.5, parts);
  return { of: z, image: canvas.toDataURL(), contours: parts.join("") };
}

// Marching squares: in each cell the level crosses two sides, or four at a saddle.
function contour(z, n, level, out) {
  for (let r = 0; r < n - 1; r += 1) {
    for (let c = 0; c < n - 1; c += 1) {
      const a = z[r * n + c];
      const b = z[r * n + c + 1];
      const d = z[(r + 1) * n + c];
      const e = z[(r + 1) * n + c + 1];
      if (a === HIDDEN || b === HIDDEN || d === HIDDEN || e === HIDDEN) continue;
      const cross = [];
      if (a > level !== b > level) cross.push([c + (level - a) / (b - a), r]);
      if (b > level !== e > level) cross.push([c + 1, r + (level - b) / (e - b)]);
      if (d > level !== e > level) cross.push([c + (level - d) / (e - d), r + 1]);
      if (a > level !== d > level) cross.push([c, r + (level - a) / (d - a)]);
      for (let k = 0; k + 1 < cross.length; k += 2) {
        out.push(`M${cross[k][0].toFixed(2)},${cross[k][1].toFixed(2)}L${cross[k + 1][0].toFixed(2)},${cross[k + 1][1].toFixed(2)}`);
      }
    }
  }
}

// ---- loss against step -------------------------------------------------------------------------------------------

function makeLoss(state, width, height) {
  const { data } = state;
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, class: "v-loss" });
  const box = { left: 44, top: 24, width: width - 56, height: height - 24 - PAD.bottom };
  state.lossBox = box;
  const clip = `v-clip-${(clips += 1)}`;
  svg.append(s("clipPath", { id: clip }, s("rect", { x: box.left, y: box.top - 2, width: box.width + 2, height: box.height + 4 })));
  svg.append(s("text", { class: "v-title", x: box.left, y: 14 }, data.words.loss));
  state.lossAxes = s("g", {});
  const lines = s("g", { "clip-path": `url(#${clip})` });
  svg.append(state.lossAxes, lines, s("path", { class: "v-plane", d: `M${box.left},${box.top}V${box.top + box.height}H${box.left + box.width}` }));
  for (const one of state.runs) {
    const faint = s("path", { class: "v-trail v-faint", style: { stroke: `var(--v-${one.role})` } });
    const line = s("path", { class: "v-trail", "stroke-dasharray": one.dash, style: { stroke: `var(--v-${one.role})` } });
    lines.append(faint, line);
    Object.assign(state.lines.get(one.id), { faint, lossLine: line });
  }
  state.cursor = s("path", { class: "v-guide" });
  svg.append(state.cursor);
  const scrub = (event) => {
    if (!event.buttons) return;
    const x = event.clientX - svg.getBoundingClientRect().left;
    state.player.pause();
    state.player.go(Math.round(clamp((x - box.left) / box.width, 0, 1) * data.steps));
  };
  svg.addEventListener("pointerdown", (event) => {
    svg.setPointerCapture(event.pointerId);
    scrub(event);
  });
  svg.addEventListener("pointermove", scrub);
  layLoss(state);
  return svg;
}

function layLoss(state) {
  const { lossBox: box, lossAxes: axes, data } = state;
  const seen = state.runs.filter((one) => state.shown.has(one.id));
  let lo = Infinity;
  let hi = -Infinity;
  const first = state.runs[0].value[0];
  for (const one of seen) {
    for (const v of one.value) {
      if (!Number.isFinite(v)) continue;
      if (v < lo) lo = v;
      if (v > hi) hi = v;
    }
  }
  if (!Number.isFinite(lo)) [lo, hi] = [0, 1];
  // A run that explodes must not press the others flat.
  if (Number.isFinite(first)) hi = Math.min(hi, Math.max(Math.abs(first) * 30, 1));
  const isLog = lo >= -1e-12 && hi > 0;
  const floor = isLog ? Math.max(lo, hi * 1e-14, 1e-16) : lo;
  const scale = isLog ? (v) => Math.log10(Math.max(v, floor)) : (v) => v;
  const from = scale(floor);
  const to = Math.max(scale(hi), from + (isLog ? 0.5 : 1e-9));
  state.lossY = (v) => box.top + (1 - (Number.isFinite(v) ? (scale(v) - from) / (to - from) : 9)) * box.height;
  state.lossX = (t) => box.left + (t / data.steps) * box.width;
  axes.replaceChildren();
  const decades = [];
  for (let p = Math.floor(from); p <= to; p += 1) {
    // Less than two decades get 1, 2, 5 in each.
    for (const k of to - from < 2 ? [1, 2, 5] : [1]) if (p + Math.log10(k) >= from) decades.push([k * 10 ** p, k === 1 && to - from >= 2 ? p : null]);
  }
  const every = Math.max(1, Math.ceil(decades.length / (box.height / 26)));
  const marks = isLog ? decades.filter(([v, p]) => v <= 10 ** to && (p === null || p % every === 0)) : ticks(from, to, box.height / 45).map((v) => [v, null]);
  for (const [v, p] of marks) {
    const y = state.lossY(v);
    axes.append(s("path", { class: "v-base", d: `M${box.left},${y}h${box.width}` }));
    const text = s("text", { class: "v-label v-small", x: box.left - 5, y: y + 4, "text-anchor": "end" });
    text.textContent = p === null ? nice(v) : `10${String(p).replace(/[-\d]/g, (c) => "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"["-0123456789".indexOf(c)])}`;
    axes.append(text);
  }
  for (const t of ticks(0, data.steps, box.width / 60)) {
    axes.append(s("text", { class: "v-label v-small", x: state.lossX(t), y: box.top + box.height + 15, "text-anchor": "middle" }, nice(t)));
  }
  for (const one of state.runs) {
    one.lossTrail = trail(one.value.length, (t) => [state.lossX(t), clamp(state.lossY(one.value[t]), box.top - 40, box.top + box.height + 40)]);
    state.lines.get(one.id).faint.setAttribute("d", one.lossTrail.full);
  }
  layTrails(state);
}

// A polyline as one string and where in it each step ends: showing the first t steps is a slice.
function trail(length, at) {
  let full = "";
  const ends = new Uint32Array(length);
  let last = null;
  for (let t = 0; t < length; t += 1) {
    const [x, y] = at(t);
    if (Number.isFinite(x) && Number.isFinite(y) && (last === null || Math.abs(x - last[0]) + Math.abs(y - last[1]) > 0.7)) {
      full += `${last === null ? "M" : "L"}${x.toFixed(1)},${y.toFixed(1)}`;
      last = [x, y];
    }
    ends[t] = full.length;
  }
  return { full, ends };
}

function layTrails(state) {
  for (const one of state.runs) {
    one.trail = trail(one.value.length, (t) => [
      clamp(toX(state, one.path[2 * t]), -4000, 8000),
      clamp(toY(state, one.path[2 * t + 1]), -4000, 8000),
    ]);
  }
}

// ---- one moment ---------------------------------------------------------------------------------------------------

function draw(state) {
  if (!state.box || !state.lossBox) return;
  const { box, lossBox, t } = state;
  for (const one of state.runs) {
    const { line, head, faint, lossLine } = state.lines.get(one.id);
    const isOn = state.shown.has(one.id);
    for (const node of [line, head, faint, lossLine]) node.style.display = isOn ? "" : "none";
    const row = state.cells?.get(one.id);
    const at = Math.min(t, one.value.length - 1);
    const x = one.path[2 * at];
    const y = one.path[2 * at + 1];
    const isLost = one.lost >= 0 && t >= one.lost;
    const isOutside = x < state.view[0] || x > state.view[1] || y < state.view[2] || y > state.view[3];
    if (row) {
      row.f.textContent = isLost ? "✕" : nice(one.value[at]);
      row.note.textContent = isLost ? state.data.words.lost.replace("{n}", one.lost) : isOutside ? state.data.words.outside : `${short(x)}; ${short(y)}`;
      row.node.classList.toggle("v-is-lost", isLost);
    }
    if (!isOn) continue;
    line.setAttribute("d", one.trail.full.slice(0, one.trail.ends[at]));
    lossLine.setAttribute("d", one.lossTrail.full.slice(0, one.lossTrail.ends[at]));
    const isPicked = one.id === state.picked;
    line.classList.toggle("v-picked-trail", isPicked);
    lossLine.classList.toggle("v-picked-trail", isPicked);
    // Whoever has left the map waits at its edge, on the side where he left.
    const px = clamp(toX(state, x), box.left, box.left + box.width);
    const py = clamp(toY(state, y), box.top, box.top + box.height);
    head.setAttribute("transform", `translate(${px},${py})${isPicked ? " scale(1.2)" : ""}`);
    head.classList.toggle("v-is-lost", isLost);
    head.classList.toggle("v-is-outside", isOutside && !isLost);
  }
  state.cursor.setAttribute("d", `M${state.lossX(t)},${lossBox.top}V${lossBox.top + lossBox.height}`);
  const [sx, sy] = state.startAt;
  state.cross.setAttribute("transform", `translate(${toX(state, sx)},${toY(state, sy)})`);
}

function pick(state, id) {
  if (state.data.fixed) return;
  state.picked = id;
  paintRows(state);
  draw(state);
  state.tell("pick", id);
}

function toggle(state, id) {
  if (state.shown.has(id)) {
    if (state.shown.size === 1) return;
    state.shown.delete(id);
  } else state.shown.add(id);
  layLoss(state);
  paintRows(state);
  draw(state);
  state.tell("shown", [...state.shown]);
}

function paintRows(state) {
  state.cells = new Map();
  const { words } = state.data;
  state.rows.replaceChildren(
    ...state.runs.map((one) => {
      const isOn = state.shown.has(one.id);
      const f = h("b", {});
      const note = h("small", {});
      const node = h(
        "div",
        { class: `v-run${isOn ? "" : " v-off"}${one.id === state.picked ? " v-is-picked" : ""}` },
        h(
          "button",
          { type: "button", class: "v-eye", "aria-pressed": isOn, title: isOn ? words.hide : words.unhide, "aria-label": `${isOn ? words.hide : words.unhide}: ${one.name}`, onclick: () => toggle(state, one.id) },
          h("i", { style: { background: `var(--v-${one.role})` } }, one.initial),
        ),
        h("button", { type: "button", class: "v-name-of", "aria-pressed": one.id === state.picked, onclick: () => pick(state, one.id) }, h("span", {}, one.name), f, note),
      );
      state.cells.set(one.id, { node, f, note });
      return node;
    }),
  );
}

// ---- start, zoom, pan ---------------------------------------------------------------------------------------------

function listen(state, svg) {
  let drag = null;
  const at = (event) => {
    const frame = svg.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  };
  svg.addEventListener("pointerdown", (event) => {
    const [px, py] = at(event);
    const isStart = state.data.movable && Math.hypot(px - toX(state, state.startAt[0]), py - toY(state, state.startAt[1])) < 16;
    if (!isStart && event.target.closest(".v-runner")) return;
    drag = { px, py, isStart, view: state.view.slice() };
    svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", (event) => {
    const [px, py] = at(event);
    const x = fromX(state, px);
    const y = fromY(state, py);
    state.reading.textContent = reading(state, x, y);
    if (!drag || !event.buttons) return;
    if (drag.isStart) {
      state.startAt = [clamp(x, state.view[0], state.view[1]), clamp(y, state.view[2], state.view[3])];
      return draw(state);
    }
    const dx = ((drag.px - px) / state.box.width) * (drag.view[1] - drag.view[0]);
    const dy = ((py - drag.py) / state.box.height) * (drag.view[3] - drag.view[2]);
    if (Math.hypot(px - drag.px, py - drag.py) > 3) look(state, [drag.view[0] + dx, drag.view[1] + dx, drag.view[2] + dy, drag.view[3] + dy]);
  });
  svg.addEventListener("pointerup", () => {
    if (drag?.isStart) sendStart(state);
    drag = null;
  });
  svg.addEventListener("pointerleave", () => (state.reading.textContent = ""));
  svg.addEventListener("dblclick", (event) => {
    const [px, py] = at(event);
    zoomAt(state, [fromX(state, px), fromY(state, py)], event.shiftKey ? 1 / 0.6 : 0.6);
  });
  state.cross.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!way || !state.data.movable) return;
    event.preventDefault();
    const unit = [(state.view[1] - state.view[0]) / 50, (state.view[3] - state.view[2]) / 50];
    state.startAt = state.startAt.map((v, k) => v + way[k] * unit[k]);
    draw(state);
    state.sendLater ??= later(300, () => sendStart(state));
    state.sendLater();
  });
}

function sendStart(state) {
  const unit = (state.view[1] - state.view[0]) / 1000;
  const digits = clamp(Math.ceil(-Math.log10(unit)), 0, 6);
  const [x, y] = state.startAt.map((v) => Number(v.toFixed(digits)));
  if (x !== state.runs[0].path[0] || y !== state.runs[0].path[1]) state.tell("start", [x, y]);
}

function reading(state, x, y) {
  const { view, grid, lo, unit, span } = state.data;
  const col = Math.round(((x - view[0]) / (view[1] - view[0])) * (grid - 1));
  const row = Math.round(((y - view[2]) / (view[3] - view[2])) * (grid - 1));
  if (col < 0 || row < 0 || col >= grid || row >= grid) return "";
  const v = state.heights[row * grid + col];
  const f = v === HIDDEN ? NaN : lo + unit * Math.expm1((v / (HIDDEN - 1)) * span);
  const digits = (value) => value.toFixed(2).replace("-", "−");
  return `${digits(x)}; ${digits(y)} · f ${Number.isNaN(f) ? "—" : `≈ ${nice(Number(f.toPrecision(2)))}`}`;
}

function zoomAt(state, [x, y], factor) {
  const [x0, x1, y0, y1] = state.view;
  look(state, [x + (x0 - x) * factor, x + (x1 - x) * factor, y + (y0 - y) * factor, y + (y1 - y) * factor]);
}

function look(state, view) {
  const size = view[1] - view[0];
  const whole = state.data.whole[1] - state.data.whole[0];
  if (size < whole / 2000 || size > whole * 20 || view.some((v) => Math.abs(v) > 1e4)) return;
  state.view = view;
  layGround(state);
  layTrails(state);
  draw(state);
  state.tellView(view);
}
