// A small net learns while its units die: the plane with every unit's hinge, who is active, and the share of the dead.
import { isStill, line, scale, unpack } from "./activation.js";
import { composeSvg, h, later, mount, pictureButtons, player, readTones, refit, s, saveSvg } from "./base.js";

const COURSE = { height: 116, left: 40, top: 12, bottom: 24 };

export default function dying(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-dy" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.foot);
    fresh.tell = later(200, (step) => fresh.component.setTriggerValue("step", step));
    refit(fresh, build);
  });
  const { step, unit, ...rest } = component.data;
  const ink = getComputedStyle(state.root).color;
  const signature = JSON.stringify([rest, ink]);
  state.unit = unit;
  if (signature === state.last && state.width === state.root.clientWidth) return paint(state);
  const isFirst = !state.last;
  state.last = signature;
  state.data = component.data;
  state.plane = unpack(rest.plane, Uint8Array);
  state.hinges = unpack(rest.hinges, Float32Array);
  state.active = unpack(rest.active, Float32Array);
  state.isDead = unpack(rest.isDead, Uint8Array);
  const names = JSON.stringify([rest.steps, rest.words]);
  if (names !== state.namesFor) {
    state.namesFor = names;
    wire(state, step);
  }
  build(state);
  if (isFirst && !isStill() && step === rest.steps.length - 1) state.player.node.querySelector(".v-play").click();
}

function wire(state, step) {
  const { data } = state;
  state.player?.pause();
  state.step = step;
  state.player = player({
    names: data.steps.map((t) => `${data.words.at} ${t}`),
    words: data.words,
    ms: 55,
    show: (k) => {
      state.step = k;
      paint(state);
    },
    settled: (k) => state.tell(k),
  });
  state.foot.replaceChildren(
    state.player.node,
    pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.stage, [...state.stage.querySelectorAll("svg")]), data.key, kind)),
  );
  state.player.go(step, { quiet: true });
}

function build(state) {
  const { data, stage } = state;
  const width = (state.width = state.root.clientWidth);
  const size = Math.min(360, width);
  const side = width - size - 24 >= 260 ? width - size - 24 : width;
  state.x = scale(-data.edge, data.edge, 0, size);
  state.y = scale(-data.edge, data.edge, size, 0);
  state.canvas = h("canvas", { width: data.grid, height: data.grid, "aria-hidden": "true", style: { width: `${size}px`, height: `${size}px` } });
  state.hingeLines = [...Array(data.units).keys()].map(() => s("line", { class: "v-dy-hinge" }));
  const points = data.X.map(([a, b], i) => s("circle", { cx: state.x(a), cy: state.y(b), r: data.y[i] ? 4 : 3.4, class: data.y[i] ? "v-dy-one" : "v-dy-none" }));
  const plane = s("svg", { width: size, height: size, viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": data.alt }, ...points, ...state.hingeLines);
  state.big = h("p", { class: "v-dy-big", "aria-live": "polite" });
  stage.replaceChildren(
    h("div", { class: "v-dy-plane", style: { width: `${size}px`, height: `${size}px` } }, state.canvas, plane),
    h("div", { class: "v-dy-side" }, state.big, raster(state, side), course(state, side), h("p", { class: "v-hint" }, data.words.hint)),
  );
  state.tones = readTones(state.root);
  paint(state);
}

// Units by recorded steps: the darker, the more points a unit is active on; a dead one is left hatched.
function raster(state, width) {
  const { data } = state;
  const { left } = COURSE;
  const row = Math.max(6, Math.min(13, Math.floor(190 / data.units)));
  const height = row * data.units;
  const pitch = (width - left - 4) / data.steps.length;
  const id = `${data.key}-dead`;
  const svg = s("svg", { width, height: height + 20, viewBox: `0 0 ${width} ${height + 20}`, class: "v-dy-raster", tabindex: 0, role: "listbox", "aria-label": data.words.units });
  svg.append(s("defs", {}, s("pattern", { id, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, s("rect", { width: 5, height: 5, class: "v-ac-zone" }), s("rect", { width: 1.3, height: 5, class: "v-ac-stripe" }))));
  svg.append(s("text", { x: 0, y: 11, class: "v-label v-small" }, data.words.units));
  const top = 18;
  for (let unit = 0; unit < data.units; unit++) {
    let began = 0;
    const shadeAt = (k) => (state.isDead[k * data.units + unit] ? -1 : Math.round(state.active[k * data.units + unit] * 20));
    for (let k = 1; k <= data.steps.length; k++) {
      if (k < data.steps.length && shadeAt(k) === shadeAt(began)) continue;
      const shade = shadeAt(began);
      const fill = shade < 0 ? `url(#${id})` : `color-mix(in srgb, var(--v-probability) ${shade * 5}%, var(--v-paper))`;
      svg.append(s("rect", { x: left + began * pitch, y: top + unit * row, width: (k - began) * pitch + 0.3, height: row - 1, style: { fill } }));
      began = k;
    }
    if (unit % Math.ceil(11 / row) === 0) svg.append(s("text", { x: left - 5, y: top + unit * row + row - 2, class: "v-label v-small", "text-anchor": "end" }, unit + 1));
  }
  state.rowMark = s("rect", { x: left - 1, width: width - left - 2, height: row + 1, class: "v-dy-row" });
  state.rasterCursor = s("line", { y1: top, y2: top + height, class: "v-dy-cursor" });
  if (data.rescue !== null) svg.append(rescue(state, left, pitch, top, top + height));
  svg.append(state.rowMark, state.rasterCursor);
  state.placeRow = (unit) => state.rowMark.setAttribute("y", top + unit * row - 1);
  state.at = (k) => left + (k + 0.5) * pitch;
  const pick = (unit) => {
    state.unit = Math.max(0, Math.min(data.units - 1, unit));
    paint(state);
    state.component.setTriggerValue("pick", state.unit);
  };
  svg.addEventListener("click", (event) => {
    const box = svg.getBoundingClientRect();
    const k = Math.floor((event.clientX - box.left - left) / pitch);
    if (k >= 0 && k < data.steps.length) {
      state.player.pause();
      state.player.go(k);
    }
    pick(Math.floor((event.clientY - box.top - top) / row));
  });
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    pick(state.unit + by);
  });
  return svg;
}

function rescue(state, left, pitch, top, floor) {
  const k = state.data.steps.findIndex((t) => t >= state.data.rescue);
  const x = left + (k < 0 ? state.data.steps.length : k) * pitch;
  return s("line", { x1: x, x2: x, y1: top, y2: floor, class: "v-dy-rescue" });
}

// The share of dead units and the accuracy over the recorded steps.
function course(state, width) {
  const { data } = state;
  const { height, left, top, bottom } = COURSE;
  const y = scale(0, 1, height - bottom, top);
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": data.words.course });
  for (const t of [0, 0.5, 1]) {
    svg.append(s("line", { x1: left, x2: width - 4, y1: y(t), y2: y(t), class: "v-ac-grid" }), s("text", { x: left - 5, y: y(t) + 4, class: "v-label v-small", "text-anchor": "end" }, `${100 * t} %`));
  }
  const xs = data.steps.map((_, k) => state.at(k));
  const pitch = (width - left - 4) / data.steps.length;
  if (data.rescue !== null) svg.append(rescue(state, left, pitch, top, height - bottom));
  svg.append(
    s("path", { d: line(xs, data.accuracy.map(y)), class: "v-dy-accuracy" }),
    s("path", { d: line(xs, data.dead.map(y)), class: "v-dy-deadline" }),
  );
  for (const t of [0, 10, 20, 80, 160, 240]) {
    const k = data.steps.indexOf(t);
    if (k >= 0) svg.append(s("text", { x: state.at(k), y: height - 8, class: "v-label v-small", "text-anchor": k === data.steps.length - 1 ? "end" : "middle" }, t));
  }
  state.courseCursor = s("line", { y1: top, y2: height - bottom, class: "v-dy-cursor" });
  svg.append(state.courseCursor);
  return svg;
}

function paint(state) {
  if (!state.rowMark) return;
  const { data, unit } = state;
  const k = (state.step = Math.min(state.step, data.steps.length - 1));
  for (const cursor of [state.rasterCursor, state.courseCursor]) {
    cursor.setAttribute("x1", state.at(k));
    cursor.setAttribute("x2", state.at(k));
  }
  state.placeRow(unit);
  let dead = 0;
  state.hingeLines.forEach((node, j) => {
    const isDead = state.isDead[k * data.units + j];
    dead += isDead;
    hinge(state, node, state.hinges.subarray((k * data.units + j) * 3, (k * data.units + j) * 3 + 3));
    node.classList.toggle("v-dead", Boolean(isDead));
    node.classList.toggle("v-picked", j === unit);
  });
  state.big.replaceChildren(
    `${data.words.at} ${data.steps[k]} · ━ ${data.words.dead} `,
    h("b", {}, `${dead} / ${data.units}`),
    ` · ┅ ${data.words.accuracy} `,
    h("b", {}, `${(100 * data.accuracy[k]).toFixed(0)} %`),
    ` · ${data.words.loss} ${data.loss[k] > 999 ? data.loss[k].toExponential(1) : data.loss[k].toFixed(3)}`,
  );
  background(state, k);
}

// Where w·x + b = 0 crosses the picture, w of length 1: a long line through the nearest point to the origin.
function hinge(state, node, [w1, w2, b]) {
  const [x, y] = [-b * w1, -b * w2];
  const far = 2 * state.data.edge;
  const isSeen = Math.abs(b) < 1.5 * state.data.edge && w1 * w1 + w2 * w2 > 0.5;
  node.setAttribute("visibility", isSeen ? "visible" : "hidden");
  if (!isSeen) return;
  for (const [end, sign] of [["1", -1], ["2", 1]]) {
    node.setAttribute(`x${end}`, state.x(x - sign * far * w2));
    node.setAttribute(`y${end}`, state.y(y + sign * far * w1));
  }
}

function background(state, k) {
  const { grid } = state.data;
  const [paper, plus, minus] = ["--v-paper", "--v-positive", "--v-negative"].map((name) => state.tones(name));
  const context = state.canvas.getContext("2d");
  const image = context.createImageData(grid, grid);
  for (let row = 0; row < grid; row++) {
    for (let col = 0; col < grid; col++) {
      const p = state.plane[k * grid * grid + row * grid + col] / 255;
      const share = Math.abs(2 * p - 1) * 0.7;
      const tone = p > 0.5 ? plus : minus;
      const at = ((grid - 1 - row) * grid + col) * 4;
      for (let c = 0; c < 3; c++) image.data[at + c] = paper[c] + share * (tone[c] - paper[c]);
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}
