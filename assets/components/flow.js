// The gradient on its way back: layers (or time steps) by steps of training as a heat map that plays, the profile of the
// present step beside it, loss and accuracy under it on the same axis.
import { isStill, line, minus, scale, unpack, write } from "./activation.js";
import { composeSvg, h, later, mount, pictureButtons, player, readTones, refit, s, saveSvg } from "./base.js";

const AT = { left: 40, gap: 16, head: 20, course: 92, foot: 22 };
const NONE = -90;
const BEYOND = 90;
const power = (exponent) => `10${minus(exponent).replace(/./g, (c) => ({ "−": "⁻" })[c] ?? "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])}`;

export default function flow(component) {
  const state = mount(component, (fresh) => {
    fresh.told = h("p", { class: "v-gf-told", "aria-live": "polite" });
    fresh.stage = h("div", { class: "v-gf" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.told, fresh.stage, fresh.foot);
    fresh.tell = later(200, (step) => fresh.component.setTriggerValue("step", step));
    refit(fresh, build);
  });
  const { step, picked, ...rest } = component.data;
  const signature = JSON.stringify([rest, getComputedStyle(state.root).color]);
  state.picked = picked;
  if (signature === state.last && state.width === state.root.clientWidth) return paint(state);
  state.last = signature;
  state.data = component.data;
  state.heat = unpack(rest.heat, Float32Array);
  wire(state, step);
  build(state);
  // A new run plays once, unless its address asks for a certain step.
  if (!isStill() && step === rest.steps.length - 1 && rest.steps.length > 2) state.player.node.querySelector(".v-play").click();
}

function wire(state, step) {
  const { data } = state;
  state.player?.pause();
  state.step = step;
  state.player = player({
    names: data.steps.map((t) => `${data.words.at} ${t}`),
    words: data.words,
    ms: 32,
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
  const [lo, hi] = data.range;
  const F = data.steps.length;
  const row = Math.max(6, Math.min(24, Math.floor(312 / data.rows)));
  const side = Math.max(96, Math.min(220, width * 0.26));
  const plot = width - AT.left - AT.gap - side;
  const height = AT.head + row * data.rows;
  const total = height + AT.foot + AT.course + AT.foot;
  state.pitch = plot / F;
  state.at = (k) => AT.left + (k + 0.5) * state.pitch;
  state.top = (index) => AT.head + (data.rows - 1 - index) * row;
  state.row = row;
  state.x = scale(lo, hi, AT.left + plot + AT.gap, width - 4);
  state.tones = readTones(state.root);

  const svg = s("svg", { width, height: total, viewBox: `0 0 ${width} ${total}`, class: "v-gf-map", tabindex: 0, role: "listbox", "aria-label": data.alt });
  svg.append(s("image", { x: AT.left, y: AT.head, width: plot, height: row * data.rows, href: heatmap(state), preserveAspectRatio: "none", class: "v-gf-image" }));
  state.wait = s("rect", { y: AT.head, height: row * data.rows, class: "v-gf-wait" });
  svg.append(state.wait, s("text", { x: AT.left, y: 13, class: "v-title" }, data.words.map), s("text", { x: AT.left + plot + AT.gap, y: 13, class: "v-title" }, data.words.now));
  const every = Math.ceil(13 / row);
  for (let i = 0; i < data.rows; i++) {
    if (i === 0 || i === data.rows - 1 || ((i + 1) % (every > 1 ? 5 : 1) === 0 && i < data.rows - every)) {
      svg.append(s("text", { x: AT.left - 6, y: state.top(i) + row / 2 + 4, class: "v-label v-small", "text-anchor": "end" }, i + 1));
    }
  }
  // The profile: a bar a row from the left end of the scale.
  for (let p = lo; p <= hi; p += 2) {
    const isOne = p === 0;
    svg.append(s("line", { x1: state.x(p), x2: state.x(p), y1: AT.head, y2: height, class: isOne ? "v-ac-zero" : "v-ac-grid" }));
    if ((p - lo) % (side < 150 ? 8 : 4) === 2) svg.append(s("text", { x: state.x(p), y: height + 14, class: "v-label v-small", "text-anchor": p > hi - 2 ? "end" : "middle" }, isOne ? "1" : power(p)));
  }
  state.bars = [...Array(data.rows).keys()].map((i) => s("rect", { x: state.x(lo), y: state.top(i) + 1, height: Math.max(3, row - 2), class: "v-gf-bar" }));
  svg.append(...state.bars);
  state.mark = s("rect", { x: AT.left - 1, width: width - AT.left - 2, height: row, class: "v-dy-row" });
  course(state, svg, height + AT.foot, plot);
  state.cursor = s("line", { y1: AT.head, y2: height + AT.foot + AT.course, class: "v-dy-cursor" });
  svg.append(state.mark, state.cursor);
  legend(state, svg, width - side, height + AT.foot + 18, side - 8);
  listen(state, svg, plot);
  stage.replaceChildren(svg);
  paint(state);
}

// Log sizes as an image of F × rows pixels, so that the picture can be saved with everything else.
function heatmap(state) {
  const { data, heat } = state;
  const F = data.steps.length;
  const canvas = h("canvas", { width: F, height: data.rows });
  const context = canvas.getContext("2d");
  const image = context.createImageData(F, data.rows);
  for (let k = 0; k < F; k++) {
    for (let i = 0; i < data.rows; i++) {
      image.data.set([...tone(state, heat[k * data.rows + i]), 255], ((data.rows - 1 - i) * F + k) * 4);
    }
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

function tone(state, value) {
  const [lo, hi] = state.data.range;
  const [paper, pink, ink, masked] = ["--v-paper", "--v-gradient", "--v-ink", "--v-masked"].map((name) => state.tones(name));
  if (value < NONE) return masked;
  const t = value > BEYOND ? 1 : Math.max(0, Math.min(1, (value - lo) / (hi - lo)));
  const mix = (a, b, share) => a.map((c, n) => Math.round(c + share * (b[n] - c)));
  return t < 0.7 ? mix(paper, pink, t / 0.7) : mix(pink, ink, (t - 0.7) / 0.3);
}

function legend(state, svg, left, top, width) {
  const [lo, hi] = state.data.range;
  const n = 28;
  for (let i = 0; i < n; i++) {
    const fill = `rgb(${tone(state, lo + ((i + 0.5) / n) * (hi - lo)).join(",")})`;
    svg.append(s("rect", { x: left + (i * width) / n, y: top, width: width / n + 0.5, height: 9, style: { fill } }));
  }
  svg.append(
    s("rect", { x: left, y: top, width, height: 9, class: "v-gf-frame" }),
    s("text", { x: left, y: top + 22, class: "v-label v-small" }, `≤ ${power(lo)}`),
    s("text", { x: left + width, y: top + 22, class: "v-label v-small", "text-anchor": "end" }, `≥ ${power(hi)}`),
    s("rect", { x: left, y: top + 32, width: 12, height: 9, style: { fill: `rgb(${state.tones("--v-masked").join(",")})` } }),
    s("text", { x: left + 18, y: top + 40, class: "v-label v-small" }, state.data.words.zero),
  );
}

function course(state, svg, top, plot) {
  const { data } = state;
  const floor = top + AT.course;
  const most = Math.min(3, Math.max(0.75, ...data.loss));
  const yLoss = scale(0, most, floor, top + 8);
  const y = scale(0, 1, floor, top + 8);
  const xs = data.steps.map((_, k) => state.at(k));
  svg.append(
    s("line", { x1: AT.left, x2: AT.left + plot, y1: floor, y2: floor, class: "v-ac-zero" }),
    s("line", { x1: AT.left, x2: AT.left + plot, y1: y(0.5), y2: y(0.5), class: "v-ac-epsilon" }),
    s("text", { x: AT.left - 6, y: y(1) + 4, class: "v-label v-small", "text-anchor": "end" }, "100 %"),
    s("text", { x: AT.left - 6, y: y(0.5) + 4, class: "v-label v-small", "text-anchor": "end" }, "50 %"),
    s("path", { d: line(xs, data.loss.map((v) => yLoss(Math.min(v, most)))), class: "v-gf-loss" }),
    s("path", { d: line(xs, data.accuracy.map(y)), class: "v-dy-accuracy" }),
  );
  const F = data.steps.length;
  const seen = F > 1 ? [0, Math.round((F - 1) / 4), Math.round((F - 1) / 2), Math.round((3 * (F - 1)) / 4), F - 1] : [0];
  for (const k of new Set(seen)) svg.append(s("text", { x: state.at(k), y: floor + 15, class: "v-label v-small", "text-anchor": "middle" }, data.steps[k]));
}

function listen(state, svg, plot) {
  const { data } = state;
  const pick = (index, isSettled = true) => {
    state.picked = Math.max(0, Math.min(data.rows - 1, index));
    paint(state);
    if (isSettled) state.component.setTriggerValue("pick", state.picked);
  };
  const find = (event) => {
    const box = svg.getBoundingClientRect();
    return [Math.floor((event.clientX - box.left - AT.left) / state.pitch), data.rows - 1 - Math.floor((event.clientY - box.top - AT.head) / state.row)];
  };
  svg.addEventListener("click", (event) => {
    const [k, index] = find(event);
    if (k >= 0 && k < data.steps.length) {
      state.player.pause();
      state.player.go(k);
    }
    if (index >= 0 && index < data.rows) pick(index);
  });
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const along = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by && !along) return;
    event.preventDefault();
    if (by) return pick(state.picked + by);
    state.player.pause();
    state.player.go(state.step + along);
  });
}

function size(value) {
  if (value < NONE) return "0";
  if (value > BEYOND) return "∞";
  if (value > -3 && value < 4) return Number((10 ** value).toPrecision(3)).toString();
  const whole = Math.floor(value); // far below what a number of the browser can be, too
  const mantissa = (10 ** (value - whole)).toFixed(1);
  return minus(mantissa === "10.0" ? `1.0e${whole + 1}` : `${mantissa}e${whole}`);
}

function paint(state) {
  if (!state.mark) return;
  const { data, heat } = state;
  const [lo, hi] = data.range;
  const k = (state.step = Math.min(state.step, data.steps.length - 1));
  const values = heat.subarray(k * data.rows, (k + 1) * data.rows);
  state.bars.forEach((bar, i) => {
    const to = values[i] > BEYOND ? hi : Math.max(lo, Math.min(hi, values[i]));
    bar.setAttribute("width", Math.max(0, state.x(to) - state.x(lo)));
    bar.classList.toggle("v-picked", i === state.picked);
  });
  state.mark.setAttribute("y", state.top(state.picked));
  for (const end of ["x1", "x2"]) state.cursor.setAttribute(end, state.at(k));
  const seen = state.player.playing() ? state.at(k) + state.pitch / 2 : AT.left + state.pitch * data.steps.length;
  state.wait.setAttribute("x", seen);
  state.wait.setAttribute("width", Math.max(0, AT.left + state.pitch * data.steps.length - seen));
  const [first, last] = [values[0], values[data.rows - 1]];
  const reach = first < NONE ? NONE - 9 : last > BEYOND || first > BEYOND ? BEYOND + 9 : last < NONE ? NONE - 9 : first - last;
  state.told.replaceChildren(
    h("span", {}, `${data.words.at} `, h("b", {}, data.steps[k])),
    h("span", {}, `${data.row} 1 / ${data.row} ${data.rows}: `, h("b", {}, `× ${size(reach)}`)),
    h("span", {}, `━ ${data.words.loss} `, h("b", {}, data.loss[k] > 999 ? data.loss[k].toExponential(1) : write(data.loss[k], 3))),
    h("span", {}, `┅ ${data.words.accuracy} `, h("b", {}, `${(100 * data.accuracy[k]).toFixed(0)} %`)),
    h("span", {}, `${data.row} ${state.picked + 1}: `, h("b", {}, size(values[state.picked]))),
  );
}
