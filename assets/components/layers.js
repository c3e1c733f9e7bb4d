// A stack of layers: the signal runs through its columns to the right, the gradient comes back. Histograms and sizes.
import { isStill, line, minus, scale, ticks, unpack, write } from "./activation.js";
import { composeSvg, h, mount, pictureButtons, player, refit, s, saveSvg } from "./base.js";

const BAND = { left: 52, right: 8, head: 26, signal: 150, gradient: 118, sizes: 112, gap: 40, foot: 30 };
const power = (exponent) => `10${minus(exponent).replace(/./g, (c) => ({ "−": "⁻" })[c] ?? "⁰¹²³⁴⁵⁶⁷⁸⁹"[c])}`;

export default function layers(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-ac-stage" });
    fresh.told = h("p", { class: "v-la-told", "aria-live": "polite" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.told, fresh.foot);
    refit(fresh, build);
  });
  const { picked, ...rest } = component.data;
  const signature = JSON.stringify(rest);
  state.picked = picked;
  if (signature === state.last && state.width === state.root.clientWidth) return choose(state);
  const isFirst = !state.last;
  const names = JSON.stringify([rest.layers, rest.words]);
  state.last = signature;
  state.data = component.data;
  state.signal = unpack(rest.signal, Float32Array);
  state.gradient = unpack(rest.gradient, Float32Array);
  if (state.namesFor !== names) {
    state.namesFor = names;
    wire(state);
  }
  build(state);
  if (isFirst && !isStill()) state.player.node.querySelector(".v-play").click();
}

// Steps 0…L bring the signal to layer L, steps L + 1…2L + 1 bring the gradient back to the input.
function wire(state) {
  const { layers: L, words } = state.data;
  state.player?.pause();
  const there = [...Array(L + 1).keys()];
  state.player = player({
    names: [...there.map((l) => `${words.signal} → ${l}`), ...there.map((l) => `${words.gradient} ← ${L - l}`)],
    words,
    ms: Math.max(25, Math.round(1500 / (2 * L + 2))),
    show: (step) => reveal(state, step),
    settled: () => {},
  });
  state.step = 2 * L + 1;
  state.player.go(state.step, { quiet: true });
  state.foot.replaceChildren(
    state.player.node,
    pictureButtons(words, (kind) => saveSvg(composeSvg(state.stage, [...state.stage.querySelectorAll("svg")]), state.data.key, kind)),
  );
}

function build(state) {
  const { data, stage } = state;
  const L = data.layers;
  const width = (state.width = state.root.clientWidth);
  const tops = { signal: BAND.head };
  tops.gradient = tops.signal + BAND.signal + BAND.gap;
  tops.sizes = tops.gradient + BAND.gradient + BAND.gap;
  const height = tops.sizes + BAND.sizes + BAND.foot;
  const pitch = (width - BAND.left - BAND.right) / (L + 1);
  const middle = (layer) => BAND.left + pitch * (layer + 0.5);
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": data.alt });
  const y = scale(-data.range, data.range, tops.signal + BAND.signal, tops.signal);
  const yLog = scale(...data.log, tops.gradient + BAND.gradient, tops.gradient);
  const lows = [...data.std, ...data.size].filter((v) => v !== null);
  const yS = scale(Math.min(-1, ...lows) - 0.4, Math.max(1, ...lows) + 0.4, tops.sizes + BAND.sizes, tops.sizes);
  const put = (band, map, values, label) => {
    for (const t of values) {
      svg.append(s("line", { x1: BAND.left, x2: width - BAND.right, y1: map(t), y2: map(t), class: t === 0 ? "v-ac-zero" : "v-ac-grid" }), s("text", { x: BAND.left - 6, y: map(t) + 4, class: "v-label v-small", "text-anchor": "end" }, label(t)));
    }
    svg.append(s("text", { x: 2, y: tops[band] - 13, class: "v-title" }, data.words[`${band}Axis`]));
  };
  put("signal", y, [-3, -2, -1, 0, 1, 2, 3].filter((t) => BAND.signal > 120 || t % 2 === 0), minus);
  put("gradient", yLog, [-12, -9, -6, -3, 0, 3, 6].filter((t) => t % 3 === 0), power);
  put("sizes", yS, whole(yS, tops.sizes, tops.sizes + BAND.sizes), power);

  state.columns = [...Array(L + 1).keys()].map((layer) => {
    const half = pitch * 0.44;
    const own = violin(state.signal, layer, data.bins, y, data.range, middle(layer), half, true);
    const back = violin(state.gradient, layer, data.bins, yLog, null, middle(layer), half, false, data.log);
    const column = s(
      "g",
      { class: "v-la-column", tabindex: 0, role: "button", "aria-label": `${data.words.layer} ${layer}`, onclick: () => pick(state, layer) },
      s("rect", { x: middle(layer) - pitch / 2, y: tops.signal, width: pitch, height: height - tops.signal - BAND.foot, rx: 3, class: "v-la-hit" }),
      s("g", { class: "v-la-own" }, own),
      s("g", { class: "v-la-return" }, back),
    );
    column.addEventListener("keydown", (event) => {
      const to = { ArrowLeft: layer - 1, ArrowRight: layer + 1, Enter: layer, " ": layer }[event.key];
      if (to === undefined || to < 0 || to > L) return;
      event.preventDefault();
      state.columns[to].focus();
      pick(state, to);
    });
    const every = Math.ceil(26 / pitch);
    if (layer % every === 0) svg.append(s("text", { x: middle(layer), y: height - 14, class: "v-label v-small", "text-anchor": "middle" }, layer));
    return column;
  });
  svg.append(...state.columns, s("text", { x: (BAND.left + width) / 2, y: height - 1, class: "v-label v-small", "text-anchor": "middle" }, data.words.layer));
  state.curves = [data.std, data.size].map((values, k) => {
    const path = s("path", { class: k ? "v-la-line v-la-back" : "v-la-line" });
    path.style.pointerEvents = "none";
    svg.append(path);
    return { path, points: values.map((v, layer) => (v === null ? null : [middle(layer), yS(v)])) };
  });
  stage.replaceChildren(svg);
  choose(state);
  reveal(state, state.step);
}

function whole(map, top, floor) {
  return ticks(Math.ceil(map.back(floor)), Math.floor(map.back(top)), 4).filter((t) => Number.isInteger(t));
}

// One histogram as a mirrored shape of bars; the fullest bin takes the column's width. The bar of zero is grey.
function violin(shares, layer, bins, y, range, middle, half, isSigned, log) {
  const own = shares.subarray(layer * bins, (layer + 1) * bins);
  const most = Math.max(...own) || 1;
  const [lo, hi] = isSigned ? [-range, range] : log;
  const paths = { plus: "", zero: "", minus: "", grad: "" };
  own.forEach((share, k) => {
    if (!share) return;
    const [a, b] = [y(lo + ((hi - lo) * k) / bins), y(lo + ((hi - lo) * (k + 1)) / bins)];
    const w = Math.max(0.7, half * Math.sqrt(share / most));
    const name = !isSigned ? "grad" : 2 * k + 1 === bins ? "zero" : 2 * k + 1 > bins ? "plus" : "minus";
    paths[name] += `M${(middle - w).toFixed(1)} ${a.toFixed(1)}h${(2 * w).toFixed(1)}V${(b + 0.3).toFixed(1)}h${(-2 * w).toFixed(1)}Z`;
  });
  return Object.entries(paths).filter(([, d]) => d).map(([name, d]) => s("path", { d, class: `v-la-${name}` }));
}

function reveal(state, step) {
  state.step = step;
  if (!state.columns) return;
  const L = state.data.layers;
  const there = Math.min(step, L);
  const back = step > L ? 2 * L + 1 - step : L + 1;
  state.columns.forEach((column, layer) => {
    column.children[1].classList.toggle("v-la-wait", layer > there);
    column.children[2].classList.toggle("v-la-wait", layer < back);
  });
  state.curves.forEach(({ path, points }, k) => {
    const shown = points.filter((point, layer) => point && (k ? layer >= back : layer <= there));
    path.setAttribute("d", line(shown.map((p) => p[0]), shown.map((p) => p[1])));
  });
}

function pick(state, layer) {
  state.picked = layer;
  choose(state);
  if (!state.data.fixed) state.component.setTriggerValue("pick", layer);
}

function choose(state) {
  const { data, picked } = state;
  state.columns.forEach((column, layer) => {
    column.classList.toggle("v-picked", layer === picked);
    column.setAttribute("aria-pressed", String(layer === picked));
  });
  const size = (value) => (value === null ? "—" : write(10 ** value, 3));
  const part = (name, value) => h("span", {}, `${name} `, h("b", {}, value));
  const { words } = data;
  state.told.replaceChildren(
    part(words.layer, String(picked)),
    part(words.mean, data.mean[picked] === null ? "—" : write(data.mean[picked], 3)),
    part(words.std, size(data.std[picked])),
    part(words.size, size(data.size[picked])),
    ...(data.saturated[picked] === null ? [] : [part(words.saturated, `${(100 * data.saturated[picked]).toFixed(1)} %`)]),
  );
}
