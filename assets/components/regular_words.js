// A sentence and its changed copies, word by word; beside them what the copies are worth to a small classifier.
import { scale } from "./activation.js";
import { composeSvg, h, mount, pictureButtons, refit, s, saveSvg } from "./base.js";

const SIGNS = { synonym: "≈", insert: "+", swap: "⇄", delete: "−" };

export default function words(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-rz-two" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.foot);
    refit(fresh, build);
  });
  const signature = JSON.stringify(component.data);
  if (signature === state.last && state.width === state.root.clientWidth) return;
  state.last = signature;
  state.data = component.data;
  build(state);
}

function build(state) {
  const { data } = state;
  const width = (state.width = state.root.clientWidth);
  const isWide = width >= 720;
  const right = isWide ? Math.round(width * 0.38) : width;
  const versions = data.versions.map((version, n) => {
    const isBroken = version.lost.length || version.moved;
    const told = version.lost.length ? `${data.words.lost}: ${version.lost.join(", ")}` : version.moved ? data.words.moved : "";
    return h("li", { class: isBroken ? "v-rz-version v-rz-broken" : "v-rz-version" }, h("small", {}, n + 1), h("p", {}, version.tokens.map(token)), told ? h("em", {}, `✗ ${told}`) : null);
  });
  const list = h("ol", { class: "v-rz-versions" }, h("li", { class: "v-rz-version v-rz-original" }, h("small", {}, "0"), h("p", {}, data.original.map((text) => h("span", { class: "v-rz-word" }, text)))), versions);
  const chart = bars(state, right);
  state.stage.replaceChildren(h("div", { style: { width: isWide ? `${width - right - 24}px` : "100%" } }, list), chart);
  state.foot.replaceChildren(h("span", { class: "v-hint" }, data.words.hint), pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.stage, [chart]), data.key, kind)));
}

function token({ text, change, was }) {
  const attrs = { class: `v-rz-word${change ? ` v-rz-${change}` : ""}` };
  if (was) attrs.title = was;
  return h("span", attrs, change ? h("sup", {}, SIGNS[change]) : null, text);
}

function bars(state, width) {
  const { data } = state;
  const row = 40;
  const height = 30 + row * data.ways.length + 46;
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": data.words.chart });
  const x = scale(0, 1, 4, width - 52);
  svg.append(s("text", { x: 0, y: 13, class: "v-title" }, data.words.chart));
  data.ways.forEach((way, k) => {
    const y = 26 + k * row;
    const isPicked = way.name === data.way;
    svg.append(
      s("text", { x: 4, y: y + 12, class: isPicked ? "v-label v-rz-strong" : "v-label" }, `${isPicked ? "▸ " : ""}${way.title}`),
      s("text", { x: width - 52, y: y + 12, class: "v-label v-small", "text-anchor": "end" }, `${way.examples} · ${way.vocabulary}`),
      s("rect", { x: x(0), y: y + 17, width: x(way.mean) - x(0), height: 12, rx: 2, class: isPicked ? "v-rz-share v-picked" : "v-rz-share" }),
      s("text", { x: width - 2, y: y + 28, class: "v-number v-small", "text-anchor": "end" }, `${(100 * way.mean).toFixed(1)} %`),
    );
    for (const v of way.draws) svg.append(s("circle", { cx: x(v), cy: y + 23, r: 2.6, class: "v-rz-draw" }));
  });
  const floor = 26 + row * data.ways.length;
  const plain = x(data.ways[0].mean);
  svg.append(s("path", { d: `M${plain} 38V${floor}`, class: "v-rz-expected" }), s("text", { x: 4, y: floor + 16, class: "v-label v-small" }, data.words.counts), s("text", { x: 4, y: floor + 32, class: "v-label v-small" }, data.words.line));
  return svg;
}
