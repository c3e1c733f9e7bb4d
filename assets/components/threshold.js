// One threshold and all that moves with it: scores of both classes, the confusion matrix, ROC, precision–recall,
// calibration, and who is in the picked cell. A drag is answered here; the server hears where it came to rest.
import { composeSvg, h, keepFocus, later, mount, pictureButtons, refit, s, saveSvg } from "./base.js";

const STRIP = { side: 8, half: 74, axis: 44, track: 44, top: 24 };
const MATRIX = { gutter: 52, head: 34, w: 78, h: 58, gap: 3 };
const GAP = 14;
const PLACES = { FN: [0, 0], TP: [0, 1], TN: [1, 0], FP: [1, 1] };
const THUMB = 44;
const TICKS = [0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999];
const decimals = (value, n = 3) => (Number.isFinite(value) ? value.toFixed(n) : "—");
const clamp = (value, lo, hi) => Math.max(lo, Math.min(hi, value));
const subscript = (beta) => String(beta).replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[d]);

function unpack(words, Kind) {
  const bytes = Uint8Array.from(atob(words), (c) => c.charCodeAt(0));
  return new Kind(bytes.buffer);
}

export default function threshold(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-scores" });
    fresh.people = h("div", { class: "v-people" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.people, fresh.foot);
    fresh.thumbs = new Map();
    fresh.settle = later(120, (t) => fresh.component.setTriggerValue("threshold", t));
    fresh.choose = later(60, (cell) => fresh.component.setTriggerValue("cell", cell));
    refit(fresh, build);
  });
  const { threshold: t, cell, ...rest } = component.data;
  const ink = getComputedStyle(state.root).color; // another theme draws the pictures again
  const signature = JSON.stringify([rest, ink]);
  if (!state.dragging) state.t = t;
  state.cell = cell;
  const isNew = signature !== state.last;
  if (isNew) {
    const examples = JSON.stringify([rest.examples, ink]);
    state.last = signature;
    state.data = component.data;
    state.marks = unpack(rest.marks, Float64Array);
    state.hits = unpack(rest.hits, Uint16Array);
    state.alarms = unpack(rest.alarms, Uint16Array);
    if (examples !== state.examplesFor) {
      state.examplesFor = examples;
      state.at = unpack(rest.examples.at, Float64Array);
      state.positive = unpack(rest.examples.positive, Uint8Array);
      state.pixels = rest.examples.pixels ? unpack(rest.examples.pixels, Uint8Array) : null;
      state.digits = rest.examples.digits ? unpack(rest.examples.digits, Uint8Array) : null;
      state.thumbs.clear();
    }
    // Same words and size: the charts stay and their curves glide; else everything is laid out again.
    const frame = JSON.stringify([rest.words, rest.calibration === null, rest.logit, rest.range, rest.fixed]);
    if (frame !== state.frame || state.width !== state.root.clientWidth) {
      state.frame = frame;
      keepFocus(state.root, () => build(state));
    } else paint(state);
  } else move(state, state.t);
}

// ---- the numbers at a point ------------------------------------------------------------------------------------

// The lowest point whose threshold is still at or above t: exactly the scores >= t are called positive there.
function indexOf(state, t) {
  let lo = 0;
  let hi = state.marks.length - 1;
  while (lo < hi) {
    const middle = (lo + hi + 1) >> 1;
    if (state.marks[middle] >= t) lo = middle;
    else hi = middle - 1;
  }
  return lo;
}

function counts(state, k) {
  const { positives, negatives, weights, beta } = state.data;
  const [no, yes] = weights;
  const TP = yes * state.hits[k];
  const FP = no * state.alarms[k];
  const FN = yes * (positives - state.hits[k]);
  const TN = no * (negatives - state.alarms[k]);
  const square = beta * beta;
  return {
    TP,
    FP,
    FN,
    TN,
    precision: TP / (TP + FP),
    recall: state.hits[k] / positives,
    fpr: state.alarms[k] / negatives,
    accuracy: (TP + TN) / (TP + FP + FN + TN),
    f: ((1 + square) * TP) / ((1 + square) * TP + square * FN + FP),
  };
}

// A threshold that stands at point k, as short as it can be written.
function thresholdAt(state, k) {
  if (k === 0) return 1;
  const mark = state.marks[k];
  const short = Math.floor(mark * 1e4) / 1e4;
  return k === state.marks.length - 1 || short > state.marks[k + 1] ? short : mark;
}

const plain = (value, digits) => String(Number(value.toPrecision(digits))).replace("-", "−");
const scoreOf = (state, t) => state.data.range[0] + t * (state.data.range[1] - state.data.range[0]);
const spell = (state, t) => {
  const score = scoreOf(state, t);
  if (!state.data.logit) return plain(score, 4);
  return score > 0 && score < 1 && (score < 0.01 || score > 0.99) ? score.toFixed(4) : score.toFixed(3);
};

// ---- axes --------------------------------------------------------------------------------------------------------

function toX(state, t) {
  const { left, right } = state.span;
  const { logit, edge } = state.data;
  const share = logit ? (clamp(Math.log(t / (1 - t)), -edge, edge) + edge) / (2 * edge) : clamp(t, 0, 1);
  return left + share * (right - left);
}

function fromX(state, x) {
  const { left, right } = state.span;
  const share = (x - left) / (right - left);
  if (share <= 0.002) return 0;
  if (share >= 0.998) return 1;
  if (!state.data.logit) return Math.round(share * 1000) / 1000;
  const t = 1 / (1 + Math.exp(-(2 * share - 1) * state.data.edge));
  const unit = t < 0.02 || t > 0.98 ? 1e4 : 1e3;
  return Math.round(t * unit) / unit;
}

// ---- layout: once a size --------------------------------------------------------------------------------------

function build(state) {
  const { data, stage, foot } = state;
  state.width = state.root.clientWidth;
  const matrixWidth = MATRIX.gutter + 2 * (MATRIX.w + MATRIX.gap);
  const isOneRow = state.width >= matrixWidth + 3 * (165 + GAP);
  const across = state.width >= 640 ? 3 : state.width >= 440 ? 2 : 1;
  const free = isOneRow ? (state.width - matrixWidth - 3 * GAP) / 3 : (state.width - (across - 1) * GAP) / across;
  state.size = clamp(Math.floor(free), 165, 300);
  state.charts = {};
  stage.replaceChildren(
    buildStrip(state),
    h(
      "div",
      { class: "v-row v-readings" },
      h("div", {}, buildMatrix(state), buildTiles(state)),
      buildChart(state, "roc", data.words.fpr, data.words.tpr, true),
      buildChart(state, "pr", data.words.recall, data.words.precision, true),
      data.calibration
        ? buildChart(state, "calibration", data.words.forecast, data.words.observed, false)
        : h("p", { class: "v-hint", style: { maxWidth: `${state.size}px`, alignSelf: "center" } }, data.words.uncalibrated),
    ),
  );
  foot.replaceChildren(
    h("span", { class: "v-hint" }, data.fixed ? "" : data.words.hint),
    pictureButtons(data.words, (kind) => saveSvg(composeSvg(stage, [...stage.querySelectorAll("svg")]), data.name, kind)),
  );
  paint(state);
}

function buildStrip(state) {
  const { data, width } = state;
  const { side, half, axis, track, top } = STRIP;
  state.span = { left: side, right: width - side };
  const middle = top + half;
  const below = middle + half;
  const height = below + axis + track + 6;
  const id = (name) => `${data.name}-${name}`;
  const clip = (name) => s("clipPath", { id: id(name) }, (state[name] = s("rect", { y: 0, height, x: 0, width: 0 })));
  const hatch = (name, role) =>
    s(
      "pattern",
      { id: id(name), width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      s("rect", { width: 5, height: 5, class: "v-hatch-paper" }),
      s("rect", { width: 2.2, height: 5, class: `v-tone-${role}` }),
    );
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, class: "v-strip", role: "img", "aria-label": data.alt });
  svg.append(s("defs", {}, clip("under"), clip("over"), hatch("missed", "positive"), hatch("alarm", "negative")));
  state.bars = [];
  for (const [k, role] of [[0, "positive"], [1, "negative"]]) {
    for (const part of ["under", "over"]) {
      const isWrong = (k === 0) === (part === "under");
      const fill = isWrong ? `url(#${id(k === 0 ? "missed" : "alarm")})` : `var(--v-${role})`;
      const group = s("g", { "clip-path": `url(#${id(part)})`, style: { fill }, class: isWrong ? `v-wrong v-edge-${role}` : "" });
      const n = data.edges.length - 1;
      const step = (state.span.right - state.span.left) / n;
      const bars = [...Array(n).keys()].map((i) => s("rect", { x: state.span.left + i * step + 0.5, width: step - 1, y: middle, height: 0, class: "v-stick" }));
      group.append(...bars);
      svg.append(group);
      state.bars.push({ k, bars });
    }
  }
  svg.append(s("line", { x1: 0, x2: width, y1: middle, y2: middle, class: "v-base" }));
  const ticks = data.logit ? TICKS : [0, 0.25, 0.5, 0.75, 1];
  const shown = width < 420 ? ticks.filter((_, i) => i % 2 === (data.logit ? 1 : 0)) : ticks;
  for (const t of shown) {
    const x = toX(state, t);
    const anchor = x < 20 ? "start" : x > width - 20 ? "end" : "middle";
    svg.append(
      s("line", { x1: x, x2: x, y1: below, y2: below + 4, class: "v-base" }),
      s("text", { x, y: below + 16, class: "v-label", "text-anchor": anchor }, data.logit ? String(t) : plain(scoreOf(state, t), 3)),
    );
  }
  svg.append(s("text", { x: width / 2, y: below + 29, class: "v-label v-small", "text-anchor": "middle" }, data.words.axis));
  const floor = below + axis + track;
  svg.append(s("line", { x1: 0, x2: width, y1: floor, y2: floor, class: "v-base" }));
  state.fPath = s("path", { class: "v-curve v-f" });
  state.accuracyPath = s("path", { class: "v-curve v-accuracy" });
  state.bestMark = s("path", { class: "v-best" });
  state.bestLabel = s("text", { class: "v-label v-small v-halo" });
  state.accuracyLabel = s("text", { x: width, class: "v-label v-small v-halo", "text-anchor": "end" }, data.words.accuracy);
  svg.append(state.accuracyPath, state.fPath, state.bestMark, state.accuracyLabel, state.bestLabel);
  state.yesLabel = s("text", { x: 2, y: top + 6, class: "v-title v-halo" });
  state.noLabel = s("text", { x: 2, y: below - 4, class: "v-title v-halo" });
  svg.append(state.yesLabel, state.noLabel);
  state.corner = {};
  for (const name of Object.keys(PLACES)) {
    const [row, col] = PLACES[name];
    state.corner[name] = s("text", { y: row === 0 ? top + 6 : below - 4, class: "v-label v-halo v-corner", "text-anchor": col ? "start" : "end" });
    svg.append(state.corner[name]);
  }
  state.tick = s("line", { class: "v-who", y1: top, y2: below, visibility: "hidden" });
  state.line = s("path", { class: "v-threshold" });
  state.grip = s("rect", { y: 0, width: 58, height: 20, rx: 10, class: "v-grip" });
  state.value = s("text", { y: 14, class: "v-grip-text", "text-anchor": "middle" });
  state.handle = s("g", data.fixed ? {} : { tabindex: 0, role: "slider", "aria-label": data.words.threshold, "aria-valuemin": data.range[0], "aria-valuemax": data.range[1], class: "v-handle" }, state.line, state.grip, state.value);
  svg.append(state.tick, state.handle);
  if (!data.fixed) {
    const follow = (event) => {
      const box = svg.getBoundingClientRect();
      drag(state, fromX(state, event.clientX - box.left));
    };
    pointer(state, svg, follow);
    svg.classList.add("v-draggable");
    state.handle.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 }[event.key];
      const to = event.key === "Home" ? 0 : event.key === "End" ? 1 : by ? state.t + by * (event.shiftKey ? 0.001 : 0.01) : null;
      if (to === null) return;
      event.preventDefault();
      drag(state, clamp(Math.round(to * 1e4) / 1e4, 0, 1));
    });
  }
  return svg;
}

// Press, move, release: `follow` hears all three, and a rerun in between does not pull the threshold back.
function pointer(state, node, follow) {
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    node.setPointerCapture(event.pointerId);
    state.dragging = true;
    follow(event);
  });
  node.addEventListener("pointermove", (event) => state.dragging && node.hasPointerCapture(event.pointerId) && follow(event));
  for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, () => (state.dragging = false));
}

function drag(state, t) {
  if (t === state.t) return;
  move(state, t);
  state.settle(t);
}

function buildMatrix(state) {
  const { words, cells } = state.data;
  const { gutter, head, w, h: ch, gap } = MATRIX;
  const width = gutter + 2 * (w + gap);
  const height = head + 2 * (ch + gap);
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": "TP FP FN TN" });
  [words.no, words.yes].forEach((name, col) => {
    const x = gutter + col * (w + gap) + w / 2;
    svg.append(s("text", { x, y: 12, class: "v-label", "text-anchor": "middle" }, words.called), s("text", { x, y: 28, class: "v-title", "text-anchor": "middle" }, name));
  });
  [words.yes, words.no].forEach((name, row) => {
    const y = head + row * (ch + gap) + ch / 2;
    svg.append(s("text", { x: 0, y: y - 4, class: "v-label" }, words.truth), s("text", { x: 0, y: y + 12, class: "v-title" }, name));
  });
  state.boxes = {};
  for (const [name, [row, col]] of Object.entries(PLACES)) {
    const x = gutter + col * (w + gap);
    const y = head + row * (ch + gap);
    const box = s("rect", { x, y, width: w, height: ch, rx: 6 });
    const count = s("text", { x: x + w / 2, y: y + 36, class: "v-count", "text-anchor": "middle" });
    const share = s("text", { x: x + w / 2, y: y + 51, class: "v-share v-small", "text-anchor": "middle" });
    const group = s("g", { class: "v-cell v-answer", tabindex: 0, role: "button", "data-name": name }, box, s("text", { x: x + 7, y: y + 15, class: "v-small v-name" }, name), s("title", {}, cells[name]), count, share);
    const pick = () => {
      state.cell = name;
      people(state);
      state.choose(name);
    };
    group.addEventListener("click", pick);
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      pick();
    });
    svg.append(group);
    state.boxes[name] = { group, box, count, share };
  }
  return svg;
}

function buildTiles(state) {
  const { words } = state.data;
  state.tiles = {};
  return h(
    "dl",
    { class: "v-tiles", style: { width: `${MATRIX.gutter + 2 * (MATRIX.w + MATRIX.gap)}px` } },
    ["precision", "recall", "f", "accuracy"].map((name) => {
      const label = h("dt", {}, words[name === "accuracy" ? "right" : name] ?? "");
      const value = h("dd", {});
      state.tiles[name] = { label, value };
      return h("div", {}, label, value);
    }),
  );
}

function buildChart(state, kind, xName, yName, isLive) {
  const pad = { left: 34, top: 24, right: 6, bottom: 34 };
  const width = state.size;
  const height = Math.min(state.size, 236) + 24;
  const x = (v) => pad.left + v * (width - pad.left - pad.right);
  const y = (v) => height - pad.bottom - v * (height - pad.top - pad.bottom);
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img" });
  svg.append(s("rect", { x: x(0), y: y(1), width: x(1) - x(0), height: y(0) - y(1), class: "v-plane" }));
  for (const v of [0, 0.5, 1]) {
    svg.append(
      s("text", { x: x(v), y: y(0) + 14, class: "v-label v-small", "text-anchor": v === 1 ? "end" : v === 0 ? "start" : "middle" }, String(v)),
      s("text", { x: x(0) - 5, y: y(v) + 4, class: "v-label v-small", "text-anchor": "end" }, String(v)),
    );
  }
  svg.append(
    s("text", { x: (x(0) + x(1)) / 2, y: height - 4, class: "v-label v-small", "text-anchor": "middle" }, xName),
    s("text", { x: 9, y: (y(0) + y(1)) / 2, class: "v-label v-small", "text-anchor": "middle", transform: `rotate(-90 9 ${(y(0) + y(1)) / 2})` }, yName),
  );
  const chart = { svg, x, y, kind };
  chart.title = s("text", { x: x(0), y: 14, class: "v-title" });
  chart.guide = s("path", { class: "v-guide" });
  chart.iso = s("path", { class: "v-iso" });
  chart.path = s("path", { class: "v-curve" });
  chart.cross = s("path", { class: "v-cross" });
  chart.dots = s("g", {});
  chart.ghost = s("circle", { r: 4, class: "v-ghost", visibility: "hidden" });
  chart.ghostText = s("text", { class: "v-label v-small v-halo", visibility: "hidden" });
  chart.dot = s("circle", { r: 6, class: "v-dot", visibility: isLive ? "visible" : "hidden" });
  svg.append(chart.title, chart.guide, chart.iso, chart.path, chart.cross, chart.dots, chart.ghost, chart.dot, chart.ghostText);
  state.charts[kind] = chart;
  if (isLive) {
    const nearest = (event) => {
      const box = svg.getBoundingClientRect();
      return nearestPoint(state, chart, event.clientX - box.left, event.clientY - box.top);
    };
    svg.addEventListener("pointermove", (event) => {
      const k = nearest(event);
      const [cx, cy] = [chart.px[k], chart.py[k]];
      chart.ghost.setAttribute("cx", cx);
      chart.ghost.setAttribute("cy", cy);
      chart.ghostText.textContent = spell(state, thresholdAt(state, k));
      chart.ghostText.setAttribute("text-anchor", cx > width / 2 ? "end" : "start");
      chart.ghostText.setAttribute("x", cx + (cx > width / 2 ? -9 : 9));
      chart.ghostText.setAttribute("y", cy < 50 ? cy + 18 : cy - 8);
      for (const node of [chart.ghost, chart.ghostText]) node.setAttribute("visibility", "visible");
    });
    svg.addEventListener("pointerleave", () => {
      for (const node of [chart.ghost, chart.ghostText]) node.setAttribute("visibility", "hidden");
    });
    if (!state.data.fixed) {
      svg.classList.add("v-draggable");
      pointer(state, svg, (event) => drag(state, thresholdAt(state, nearest(event))));
    }
  }
  return svg;
}

function nearestPoint(state, chart, x, y) {
  let best = 0;
  let least = Infinity;
  for (let k = 0; k < chart.px.length; k++) {
    const gap = (chart.px[k] - x) ** 2 + (chart.py[k] - y) ** 2;
    if (gap < least) [least, best] = [gap, k];
  }
  return best;
}

// ---- what the data say: once a change of the knobs ----------------------------------------------------------

function paint(state) {
  const { data } = state;
  const { half, top, axis, track } = STRIP;
  const middle = top + half;
  const highest = Math.max(...data.bars[0], ...data.bars[1]);
  for (const { k, bars } of state.bars)
    bars.forEach((bar, i) => {
      const tall = (data.bars[k][i] / highest) * (half - 10);
      bar.setAttribute("y", k === 0 ? middle - tall : middle);
      bar.setAttribute("height", tall);
    });
  const n = (value) => String(Math.round(value * 10) / 10);
  state.yesLabel.textContent = `${data.words.yes} · ${n(data.positives * data.weights[1])}`;
  state.noLabel.textContent = `${data.words.no} · ${n(data.negatives * data.weights[0])}`;

  const all = [...state.marks.keys()].map((k) => counts(state, k));
  const floor = middle + half + axis + track;
  const rise = (v) => floor - v * (track - 8);
  const along = (value) => steps(state, all, value, rise);
  state.fPath.setAttribute("d", along((c) => c.f));
  state.accuracyPath.setAttribute("d", along((c) => c.accuracy));
  const bestX = toX(state, thresholdAt(state, data.best));
  const bestY = rise(all[data.best].f);
  state.bestMark.setAttribute("d", `M${bestX} ${bestY + 2}l-5 8h10z`);
  state.bestLabel.textContent = `${data.words.best} F${subscript(data.beta)} ${decimals(all[data.best].f)}`;
  const isLeft = bestX > state.width - 110;
  state.bestLabel.setAttribute("x", bestX + (isLeft ? -9 : 9));
  state.bestLabel.setAttribute("text-anchor", isLeft ? "end" : "start");
  state.bestLabel.setAttribute("y", floor - 4);
  state.accuracyLabel.setAttribute("y", rise(all[0].accuracy) - 5);

  const { roc, pr, calibration } = state.charts;
  place(roc, all.map((c) => c.fpr), all.map((c) => c.recall));
  roc.path.setAttribute("d", polyline(roc, 0));
  roc.guide.setAttribute("d", `M${roc.x(0)} ${roc.y(0)}L${roc.x(1)} ${roc.y(1)}`);
  roc.title.textContent = `ROC · AUC ${data.areas["ROC AUC"]}`;
  roc.svg.setAttribute("aria-label", roc.title.textContent);
  place(pr, all.map((c) => c.recall), all.map((c, k) => (k === 0 ? 1 : c.precision)));
  pr.path.setAttribute("d", polyline(pr, 1));
  pr.guide.setAttribute("d", `M${pr.x(0)} ${pr.y(data.prevalence)}L${pr.x(1)} ${pr.y(data.prevalence)}`);
  pr.title.textContent = `PR · AP ${data.areas.AP}`;
  pr.svg.setAttribute("aria-label", pr.title.textContent);
  if (calibration) {
    const { x, y } = calibration;
    calibration.guide.setAttribute("d", `M${x(0)} ${y(0)}L${x(1)} ${y(1)}`);
    calibration.title.textContent = `${data.words.calibration} · ECE ${data.areas.ECE}`;
    calibration.svg.setAttribute("aria-label", `${calibration.title.textContent} · Brier ${data.areas.Brier}`);
    const most = Math.max(...data.calibration.map((bin) => bin.count));
    calibration.dots.replaceChildren(
      ...data.calibration.flatMap((bin) => [
        s("line", { x1: x(bin.forecast), x2: x(bin.forecast), y1: y(bin.forecast), y2: y(bin.observed), class: "v-gap" }),
        s("circle", { cx: x(bin.forecast), cy: y(bin.observed), r: 3 + 7 * Math.sqrt(bin.count / most), class: "v-bin" }, s("title", {}, `${data.words.forecast} ${bin.forecast.toFixed(3)} · ${data.words.observed} ${bin.observed.toFixed(3)} · ${bin.count}`)),
      ]),
    );
  }
  move(state, state.t);
}

function place(chart, xs, ys) {
  chart.px = xs.map(chart.x);
  chart.py = ys.map(chart.y);
}

function polyline(chart, from) {
  let d = "";
  for (let k = from; k < chart.px.length; k++) d += `${k === from ? "M" : "L"}${chart.px[k].toFixed(1)} ${chart.py[k].toFixed(1)}`;
  return d;
}

// A value that changes at every mark, drawn over the threshold's own axis from high to low thresholds.
function steps(state, all, value, rise) {
  let d = `M${state.span.right} ${rise(value(all[0])).toFixed(1)}`;
  for (let k = 1; k < all.length; k++) d += `H${toX(state, state.marks[k]).toFixed(1)}V${rise(value(all[k])).toFixed(1)}`;
  return `${d}H${state.span.left}`;
}

// ---- what the threshold says: every pixel of a drag -----------------------------------------------------------

function move(state, t) {
  state.t = t;
  const { data } = state;
  const k = indexOf(state, t);
  const now = counts(state, k);
  const x = toX(state, t);
  state.under.setAttribute("width", Math.max(0, x));
  state.over.setAttribute("x", x);
  state.over.setAttribute("width", Math.max(0, state.width - x));
  const { top, half, axis, track } = STRIP;
  const below = top + 2 * half;
  state.line.setAttribute("d", `M${x} 18V${below + 4}M${x} ${below + axis - 8}V${below + axis + track}`);
  const gripX = clamp(x, 29, state.width - 29);
  state.grip.setAttribute("x", gripX - 29);
  state.value.setAttribute("x", gripX);
  state.value.textContent = spell(state, t);
  state.handle.setAttribute("aria-valuenow", scoreOf(state, t));
  state.handle.setAttribute("aria-valuetext", `${spell(state, t)}, TP ${write(now.TP)}, FP ${write(now.FP)}, FN ${write(now.FN)}, TN ${write(now.TN)}`);

  for (const [name, [row, col]] of Object.entries(PLACES)) {
    const { group, box, count, share } = state.boxes[name];
    const value = now[name];
    const total = row === 0 ? now.TP + now.FN : now.TN + now.FP;
    count.textContent = write(value);
    share.textContent = total > 0 ? `${((100 * value) / total).toFixed(value === total || value === 0 ? 0 : 1)} %` : "";
    box.setAttribute("style", `fill:color-mix(in srgb, var(--v-${row === 0 ? "positive" : "negative"}) ${Math.round((44 * value) / total)}%, var(--v-cell))`);
    group.setAttribute("aria-label", `${name}, ${data.cells[name]}: ${write(value)}`);
    const corner = state.corner[name];
    corner.textContent = `${name} ${write(value)}`;
    corner.setAttribute("x", x + (col ? 8 : -8));
    // Beside an edge there is no room, and the class's own name stands there.
    const room = col ? state.width - x : x - (state.width < 420 ? 90 : 120);
    corner.setAttribute("visibility", room > 62 ? "visible" : "hidden");
  }
  state.tiles.precision.value.textContent = decimals(now.precision);
  state.tiles.recall.value.textContent = decimals(now.recall);
  state.tiles.f.label.textContent = `F${subscript(data.beta)}`;
  state.tiles.f.value.textContent = decimals(now.f);
  state.tiles.accuracy.value.textContent = decimals(now.accuracy);

  const { roc, pr, calibration } = state.charts;
  for (const chart of [roc, pr]) {
    const [cx, cy] = [chart.px[k], chart.py[k]];
    chart.dot.setAttribute("cx", cx);
    chart.dot.setAttribute("cy", cy);
    chart.dot.classList.toggle("v-undefined", chart === pr && k === 0);
    chart.cross.setAttribute("d", `M${cx} ${chart.y(0)}V${cy}H${chart.x(0)}`);
  }
  pr.iso.setAttribute("d", isoF(pr, now.f, data.beta));
  if (calibration) calibration.cross.setAttribute("d", `M${calibration.x(t)} ${calibration.y(0)}V${calibration.y(1)}`);
  cancelAnimationFrame(state.frameRequest);
  state.frameRequest = requestAnimationFrame(() => people(state));
}

const write = (value) => (Math.abs(value - Math.round(value)) < 1e-9 ? String(Math.round(value)) : value.toFixed(1));

// Where precision and recall give the same F: P = F·R / ((1 + β²)·R − β²·F).
function isoF(chart, f, beta) {
  if (!(f > 0)) return "";
  const square = beta * beta;
  let d = "";
  for (let k = 0; k <= 60; k++) {
    const R = k / 60;
    const P = (f * R) / ((1 + square) * R - square * f);
    if (P > 0 && P <= 1) d += `${d ? "L" : "M"}${chart.x(R).toFixed(1)} ${chart.y(P).toFixed(1)}`;
  }
  return d;
}

// ---- who is in the picked cell -----------------------------------------------------------------------------------

function people(state) {
  const { data, cell, t } = state;
  for (const [name, { group }] of Object.entries(state.boxes)) {
    group.classList.toggle("v-picked", name === cell);
    group.setAttribute("aria-pressed", name === cell);
  }
  const isYes = cell === "TP" || cell === "FN";
  const isCalled = cell === "TP" || cell === "FP";
  const found = [];
  for (let i = 0; i < state.at.length; i++) if (Boolean(state.positive[i]) === isYes && state.at[i] >= t === isCalled) found.push(i);
  found.sort((a, b) => Math.abs(state.at[a] - t) - Math.abs(state.at[b] - t) || a - b);
  const room = Math.max(1, Math.floor((state.width + 6) / ((state.pixels ? THUMB : 76) + 6))) * 2;
  const most = found.length > room ? room - 1 : room;
  const truth = isYes ? data.words.yes : data.words.no;
  const called = isCalled ? data.words.yes : data.words.no;
  const head = h(
    "p",
    { class: "v-people-head" },
    h("b", {}, `${cell} · ${data.cells[cell]}: ${found.length}`),
    ` ${data.words.truth} ${truth}, ${data.words.called} ${called} · ${data.words.nearest}`,
  );
  const shown = found.slice(0, most).map((i) => person(state, i));
  if (found.length > most) shown.push(h("span", { class: "v-others" }, `+${found.length - most}`));
  if (!found.length) shown.push(h("span", { class: "v-hint" }, data.words.nobody));
  state.people.replaceChildren(head, h("div", { class: state.pixels ? "v-faces v-two" : "v-faces" }, shown));
}

function person(state, i) {
  if (!state.thumbs.has(i)) {
    const score = spell(state, state.at[i]);
    const name = state.digits ? `${state.digits[i]} · ${score}` : `${state.data.words.row} ${i + 1} · ${score}`;
    const node = h("figure", { class: state.pixels ? "v-face" : "v-face v-plain", tabindex: 0, "aria-label": name, title: name }, state.pixels ? picture(state, i) : h("span", {}, `${state.data.words.row} ${i + 1}`), h("figcaption", {}, score));
    const show = (on) => () => {
      const x = toX(state, state.at[i]);
      for (const end of ["x1", "x2"]) state.tick.setAttribute(end, x);
      state.tick.setAttribute("visibility", on ? "visible" : "hidden");
    };
    node.addEventListener("pointerenter", show(true));
    node.addEventListener("pointerleave", show(false));
    node.addEventListener("focus", show(true));
    node.addEventListener("blur", show(false));
    state.thumbs.set(i, node);
  }
  return state.thumbs.get(i);
}

// Ink on paper in both themes: the canvas holds only how much ink, the colours are the page's.
function picture(state, i) {
  const canvas = h("canvas", { width: 8, height: 8, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  const image = context.createImageData(8, 8);
  const [r, g, b] = getComputedStyle(state.root).color.match(/[\d.]+/g).map(Number);
  for (let p = 0; p < 64; p++) {
    const byte = state.pixels[i * 32 + (p >> 1)];
    const ink = p % 2 ? byte & 15 : byte >> 4;
    image.data.set([r, g, b, ink * 17], p * 4);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
