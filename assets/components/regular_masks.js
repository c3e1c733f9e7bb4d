// Dropout played over one layer: who stays in each pass, the outputs piling up, where the test-time output stands; and
// what the same scale does to a deep net.
import { isStill, line, scale, ticks, unpack, write } from "./activation.js";
import { composeSvg, h, later, mount, pictureButtons, player, refit, s, saveSvg } from "./base.js";

const AT = { left: 44, right: 12, top: 24, units: 130, gap: 40, pile: 150, foot: 54 };
const BINS = 36;

export default function masks(component) {
  const state = mount(component, (fresh) => {
    fresh.told = h("p", { class: "v-rz-told", "aria-live": "polite" });
    fresh.stage = h("div", { class: "v-rz-two" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.told, fresh.stage, fresh.foot);
    fresh.tell = later(200, (k) => fresh.component.setTriggerValue("step", k));
    refit(fresh, build);
  });
  const { step, ...rest } = component.data;
  const signature = JSON.stringify(rest);
  if (signature === state.last && state.width === state.root.clientWidth) return;
  state.last = signature;
  state.data = component.data;
  state.masks = unpack(rest.masks, Uint8Array);
  state.step = step;
  state.player?.pause();
  state.player = player({
    names: rest.outputs.map((_, k) => `${rest.words.pass} ${k + 1}`),
    words: rest.words,
    ms: 50,
    show: (k) => {
      state.step = k;
      if (state.bars) show(state);
    },
    settled: (k) => state.tell(k),
  });
  state.foot.replaceChildren(state.player.node, pictureButtons(rest.words, (kind) => saveSvg(composeSvg(state.stage, [...state.stage.querySelectorAll("svg")]), rest.key, kind)));
  state.bars = null;
  build(state);
  state.player.go(step, { quiet: true });
  if (!isStill() && step === rest.passes - 1) state.player.node.querySelector(".v-play").click();
}

function build(state) {
  const { data } = state;
  const width = (state.width = state.root.clientWidth);
  const isWide = width >= 720;
  const left = isWide ? Math.round(width * 0.62) : width;
  state.stage.replaceChildren(layer(state, left), deep(state, isWide ? width - left - 22 : width));
  if (state.step !== undefined) show(state);
  return data;
}

function layer(state, width) {
  const { data } = state;
  const height = AT.top + AT.units + AT.gap + AT.pile + AT.foot;
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": data.alt });
  const n = data.terms.length;
  const most = Math.max(0.1, ...data.terms.map(Math.abs)) * data.scale * 1.1;
  const y = (state.y = scale(-most, most, AT.top + AT.units, AT.top));
  const pitch = (width - AT.left - AT.right) / n;
  svg.append(s("text", { x: 2, y: 13, class: "v-title" }, data.words.units), s("line", { x1: AT.left, x2: width - AT.right, y1: y(0), y2: y(0), class: "v-rz-zero" }));
  for (const t of ticks(-most, most, 4)) svg.append(s("text", { x: AT.left - 6, y: y(t) + 4, class: "v-label v-small", "text-anchor": "end" }, write(t, 1)));
  state.bars = data.terms.map((_, i) => s("rect", { x: AT.left + i * pitch + 3, width: pitch - 6, rx: 2 }));
  state.crosses = data.terms.map((_, i) => {
    const x = AT.left + (i + 0.5) * pitch;
    return s("path", { d: `M${x - 5} ${y(0) - 5}l10 10m0 -10l-10 10`, class: "v-rz-cross" });
  });
  svg.append(...state.bars, ...state.crosses);
  const floor = AT.top + AT.units + AT.gap + AT.pile;
  const spread = Math.max(0.3, ...data.outputs.map((v) => Math.abs(v - data.mean)), Math.abs(data.test - data.mean)) * 1.05;
  const x = (state.x = scale(data.mean - spread, data.mean + spread, AT.left, width - AT.right));
  state.bin = data.outputs.map((v) => Math.max(0, Math.min(BINS - 1, Math.floor(((v - data.mean + spread) / (2 * spread)) * BINS))));
  const counts = new Array(BINS).fill(0);
  for (const b of state.bin) counts[b] += 1;
  state.pileY = scale(0, Math.max(4, ...counts), floor, floor - AT.pile + 14);
  state.floor = floor;
  const wide = (width - AT.left - AT.right) / BINS;
  state.pile = counts.map((_, b) => s("rect", { x: AT.left + b * wide + 0.5, width: Math.max(1, wide - 1), class: "v-rz-pile" }));
  svg.append(s("text", { x: 2, y: AT.top + AT.units + AT.gap - 12, class: "v-title" }, data.words.outputs), ...state.pile, s("line", { x1: AT.left, x2: width - AT.right, y1: floor, y2: floor, class: "v-rz-zero" }));
  for (const t of ticks(data.mean - spread, data.mean + spread, 6)) svg.append(s("text", { x: x(t), y: floor + 16, class: "v-label v-small", "text-anchor": "middle" }, write(t, 2)));
  const right = x(data.test) > width - 130;
  state.now = s("circle", { r: 5, cy: floor, class: "v-rz-point" });
  state.mean = s("path", { class: "v-rz-mean" });
  svg.append(
    s("path", { d: `M${x(data.mean)} ${floor}V${floor - AT.pile + 10}`, class: "v-rz-expected" }),
    state.mean,
    s("path", { d: `M${x(data.test)} ${floor + 22}l-7 12h14Z`, class: Math.abs(data.test - data.mean) < 1e-4 ? "v-rz-good" : "v-rz-bad" }),
    s("path", { d: `M${x(data.test)} ${floor + 22}V${floor - AT.pile + 10}`, class: "v-rz-later" }),
    s("text", { x: x(data.test) + (right ? -12 : 12), y: floor + 34, class: "v-label v-small", "text-anchor": right ? "end" : "start" }, `${data.words.test} ${write(data.test, 3)}`),
    s("text", { x: AT.left, y: floor + 50, class: "v-label v-small" }, `┆ ${data.words.expected} ${write(data.mean, 3)}`),
    state.now,
  );
  return svg;
}

function deep(state, width) {
  const { data } = state;
  const height = AT.top + AT.units + AT.gap + AT.pile + AT.foot;
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": data.words.deep });
  const floor = height - AT.foot - 18;
  const L = data.training.length - 1;
  const x = scale(0, L, AT.left + 8, width - AT.right - 8);
  const ratios = data.testing.map((v, l) => (data.training[l] > 0 ? v / data.training[l] : 1));
  const low = Math.min(-0.35, Math.floor(Math.log10(Math.max(1e-9, Math.min(...ratios.filter((v) => v > 0))))));
  const y = scale(low, 0.35, floor, AT.top + 10);
  const at = (v) => (v > 0 ? Math.max(low, Math.log10(v)) : low);
  svg.append(s("text", { x: 2, y: 13, class: "v-title" }, data.words.deep));
  for (const p of [-9, -8, -7, -6, -5, -4, -3, -2, -1, 0].filter((p) => p >= low && (low > -5 || p % 2 === 0))) {
    svg.append(s("line", { x1: AT.left, x2: width - AT.right, y1: y(p), y2: y(p), class: p ? "v-rz-grid" : "v-rz-zero" }), s("text", { x: AT.left - 5, y: y(p) + 4, class: "v-label v-small", "text-anchor": "end" }, p ? (p > -4 ? write(10 ** p, 3) : `1e−${-p}`) : "1"));
  }
  const xs = ratios.map((_, l) => x(l));
  svg.append(s("path", { d: line(xs, ratios.map(() => y(0))), class: "v-rz-training" }), s("path", { d: line(xs, ratios.map((v) => y(at(v)))), class: "v-rz-testing" }));
  ratios.forEach((v, l) => {
    svg.append(s("circle", { cx: x(l), cy: y(at(v)), r: 4, class: "v-rz-dot" }), s("text", { x: x(l), y: floor + 18, class: "v-label v-small", "text-anchor": "middle" }, l));
    if (l === L || l === 1) svg.append(s("text", { x: x(l) - (l === L ? 4 : -8), y: y(at(v)) + (y(at(v)) > floor - 24 ? -10 : 18), class: "v-number v-small v-halo", "text-anchor": l === L ? "end" : "start" }, write(v, 3)));
  });
  svg.append(s("text", { x: AT.left, y: floor + 38, class: "v-label v-small" }, data.words.layers), s("text", { x: AT.left, y: floor + 54, class: "v-label v-small" }, data.words.line));
  return svg;
}

function show(state) {
  const { data, step } = state;
  const n = data.terms.length;
  let kept = 0;
  for (let i = 0; i < n; i++) {
    const stays = state.masks[step * n + i] === 1;
    kept += stays;
    const height = Math.abs(state.y(data.terms[i] * data.scale) - state.y(0));
    const bar = state.bars[i];
    bar.setAttribute("height", Math.max(1, height));
    bar.setAttribute("y", data.terms[i] > 0 ? state.y(0) - height : state.y(0));
    bar.setAttribute("class", stays ? "v-rz-unit" : "v-rz-unit v-rz-gone");
    state.crosses[i].setAttribute("visibility", stays ? "hidden" : "visible");
  }
  const counts = new Array(BINS).fill(0);
  let sum = 0;
  for (let k = 0; k <= step; k++) {
    counts[state.bin[k]] += 1;
    sum += data.outputs[k];
  }
  counts.forEach((count, b) => {
    state.pile[b].setAttribute("y", state.pileY(count));
    state.pile[b].setAttribute("height", state.floor - state.pileY(count));
  });
  const mean = sum / (step + 1);
  state.mean.setAttribute("d", `M${state.x(mean)} ${state.floor}V${state.floor - AT.pile + 26}`);
  state.now.setAttribute("cx", state.x(data.outputs[step]));
  state.told.textContent = `z̃ = ${write(data.outputs[step], 3)} · ${data.words.kept} ${kept}/${n} · ${data.words.mean} ${write(mean, 3)} · ${data.words.test} ${write(data.test, 3)}`;
}
