// Batch norm, batch after batch: a feature in its own units, by the statistics of the batch, by the running ones. One
// patient is in every batch and leaves a tick wherever training has put it.
import { isStill, scale, ticks, write } from "./activation.js";
import { composeSvg, h, later, mount, pictureButtons, player, refit, s, saveSvg } from "./base.js";

const ROW = 86;
const TOP = 24;

export default function batch(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-rz-batch" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.foot);
    fresh.tell = later(200, (k) => fresh.component.setTriggerValue("step", k));
    refit(fresh, build);
  });
  const { step, picked, ...rest } = component.data;
  const signature = JSON.stringify(rest);
  state.picked = picked;
  if (signature === state.last && state.width === state.root.clientWidth) return show(state);
  state.last = signature;
  state.data = component.data;
  state.step = step;
  state.player?.pause();
  state.player = player({
    names: rest.mean.map((_, k) => `${rest.words.batch} ${k + 1}`),
    words: rest.words,
    ms: 110,
    show: (k) => {
      state.step = k;
      if (state.panels) show(state);
    },
    settled: (k) => state.tell(k),
  });
  state.foot.replaceChildren(state.player.node, h("span", { class: "v-hint" }, rest.hint), pictureButtons(rest.words, (kind) => saveSvg(composeSvg(state.stage, [...state.stage.querySelectorAll("svg")]), rest.key, kind)));
  state.panels = null;
  build(state);
  state.player.go(step, { quiet: true });
  if (!isStill() && step === rest.mean.length - 1) state.player.node.querySelector(".v-play").click();
}

function build(state) {
  const { data } = state;
  const width = (state.width = state.root.clientWidth);
  const gap = width < 560 ? 14 : 30;
  const span = (width - 2 * gap) / 3;
  const height = TOP + ROW * data.titles.length + 6;
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "listbox", tabindex: 0, "aria-label": data.alt });
  const titles = width < 700 ? data.heads.short : data.heads.columns;
  titles.forEach((title, c) => svg.append(s("text", { x: c * (span + gap), y: 13, class: "v-title" }, title)));
  state.ends = [0, 1, 2].map((c) => [c * (span + gap) + 4, c * (span + gap) + span - 4]);
  const far = 3.2 * data.gamma + Math.abs(data.beta) + 0.6;
  state.panels = data.titles.map((title, j) => {
    const top = TOP + j * ROW;
    const [lo, , , , hi] = data.all[j];
    const pad = (hi - lo) * 0.06;
    const maps = [scale(lo - pad, hi + pad, 4, span - 4), scale(-far, far, span + gap + 4, 2 * span + gap - 4), scale(-far, far, 2 * (span + gap) + 4, width - 4)];
    const box = s("rect", { x: -1, y: top + 1, width: width + 2, height: ROW - 4, rx: 6, class: "v-rz-row" });
    svg.append(box, s("text", { x: 6, y: top + 16, class: "v-label" }, title));
    const base = top + 56;
    maps.forEach((map, c) => {
      const [a, b] = [map.back(c * (span + gap) + 4), map.back(c * (span + gap) + span - 4)];
      svg.append(s("line", { x1: c * (span + gap) + 4, x2: c * (span + gap) + span - 4, y1: base + 8, y2: base + 8, class: "v-rz-axis" }));
      for (const t of ticks(a, b, 4)) svg.append(s("text", { x: map(t), y: base + 22, class: "v-label v-small", "text-anchor": "middle" }, write(t, 1)));
      if (c) svg.append(s("line", { x1: map(data.beta), x2: map(data.beta), y1: top + 22, y2: base + 8, class: "v-rz-zero" }));
    });
    const band = s("rect", { y: base - 30, height: 38, class: "v-rz-band" });
    const ticksOf = s("path", { class: "v-rz-past" });
    const now = s("path", { class: "v-rz-mean" });
    const running = s("path", { class: "v-rz-expected" });
    const dots = maps.map(() => data.x[0].map((_, i) => s("circle", { r: i ? 3.4 : 6, class: i ? "v-rz-other" : "v-rz-point" })));
    svg.append(band, ticksOf, running, now, ...dots.flatMap((row) => row.slice(1)), ...dots.map((row) => row[0]));
    return { maps, base, top, dots, band, ticksOf, now, running, box };
  });
  const pick = (j) => {
    if (j < 0 || j >= data.titles.length) return;
    state.picked = j;
    show(state);
    state.component.setTriggerValue("pick", j);
  };
  svg.addEventListener("click", (event) => pick(Math.floor((event.clientY - svg.getBoundingClientRect().top - TOP) / ROW)));
  svg.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    pick(state.picked + by);
  });
  state.stage.replaceChildren(svg);
  show(state);
}

function show(state) {
  const { data, step } = state;
  state.panels.forEach((panel, j) => {
    const { maps, base, dots } = panel;
    panel.box.classList.toggle("v-picked", j === state.picked);
    const sets = [data.x, data.trained, data.evaluated];
    sets.forEach((values, c) => {
      values[step].forEach((row, i) => {
        const dot = dots[c][i];
        const [left, right] = state.ends[c];
        dot.setAttribute("cx", Math.max(left, Math.min(right, maps[c](row[j]))));
        dot.setAttribute("cy", i ? base - 4 - ((i * 7) % 5) * 5 : base - 14);
      });
    });
    const m = data.running[step][j];
    const d = data.deviation[step][j];
    const [from, to] = [maps[0](m - d), maps[0](m + d)];
    panel.band.setAttribute("x", Math.max(0, from));
    panel.band.setAttribute("width", Math.max(0, Math.min(state.ends[0][1], to) - Math.max(0, from)));
    panel.running.setAttribute("d", `M${Math.max(2, Math.min(state.ends[0][1], maps[0](m)))} ${base - 32}V${base + 8}`);
    panel.now.setAttribute("d", `M${maps[0](data.mean[step][j])} ${base - 32}V${base + 8}`);
    let past = "";
    for (let k = 0; k <= step; k++) past += `M${maps[1](data.trained[k][0][j]).toFixed(1)} ${base + 8}v-9`;
    panel.ticksOf.setAttribute("d", past);
  });
}
