// Six runs on one clock: what each net says of the plane, its two losses, its weights. One player moves all; a tile picks.
import { isStill, line, scale, unpack, write } from "./activation.js";
import { composeSvg, h, later, mount, pictureButtons, player, readTones, refit, s, saveSvg } from "./base.js";

const GAP = 14;

export default function training(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-rz-tiles", role: "group" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.foot);
    fresh.tell = later(200, (k) => fresh.component.setTriggerValue("step", k));
    refit(fresh, build);
  });
  const { step, picked, ...rest } = component.data;
  const signature = JSON.stringify([rest, getComputedStyle(state.root).color]);
  state.picked = picked;
  if (signature === state.last && state.width === state.root.clientWidth) return light(state);
  state.last = signature;
  state.data = component.data;
  state.maps = rest.tiles.map((tile) => unpack(tile.map, Uint8Array));
  state.step = step;
  state.player?.pause();
  state.player = player({
    names: rest.steps.map((t) => `${rest.words.at} ${t}`),
    words: rest.words,
    ms: 60,
    show: (k) => {
      state.step = k;
      if (state.tiles) show(state);
    },
    settled: (k) => state.tell(k),
  });
  state.foot.replaceChildren(state.player.node, h("span", { class: "v-hint" }, rest.words.hint), pictureButtons(rest.words, (kind) => saveSvg(composeSvg(state.stage, [...state.stage.querySelectorAll("svg")]), rest.key, kind)));
  state.tiles = null;
  build(state);
  state.player.go(step, { quiet: true });
  if (!isStill() && step === rest.steps.length - 1) state.player.node.querySelector(".v-play").click();
}

function build(state) {
  const { data } = state;
  const width = (state.width = state.root.clientWidth);
  const across = width >= 640 ? 3 : 2;
  const size = (width - GAP * (across - 1)) / across - 18;
  const tones = readTones(state.root);
  state.ramp = ["--v-negative", "--v-paper", "--v-positive"].map((name) => tones(name));
  state.canvas = h("canvas", { width: data.grid, height: data.grid });
  state.tiles = data.tiles.map((tile) => draw(state, tile, size));
  state.stage.replaceChildren(...state.tiles.map((tile) => tile.node));
  show(state);
  light(state);
}

function draw(state, tile, width) {
  const { data } = state;
  const [x0, x1, y0, y1] = data.view;
  const tall = (width * (y1 - y0)) / (x1 - x0);
  const curve = 58;
  const histogram = 44;
  const isNarrow = width < 215;
  const head = isNarrow ? 34 : 20;
  const height = head + tall + curve + histogram + 46;
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  const image = s("image", { x: 0, y: head, width, height: tall, preserveAspectRatio: "none" });
  const mark = tile.name === data.best ? " ★" : "";
  svg.append(s("text", { x: 0, y: 13, class: "v-title" }, tile.title + mark), image);
  const px = scale(x0, x1, 0, width);
  const py = scale(y0, y1, head + tall, head);
  data.points.forEach(([x, y], i) => svg.append(data.classes[i] ? s("rect", { x: px(x) - 3, y: py(y) - 3, width: 6, height: 6, class: "v-rz-one" }) : s("circle", { cx: px(x), cy: py(y), r: 3.3, class: "v-rz-nought" })));
  const told = s("text", { x: isNarrow ? 0 : width, y: isNarrow ? 28 : 13, class: "v-label v-small", "text-anchor": isNarrow ? "start" : "end" });
  const top = head + tall + 8;
  const at = scale(0, data.steps.length - 1, 0, width);
  const y = scale(0, data.top, top + curve, top);
  const cut = (values) => values.map((v) => y(Math.min(v, data.top)));
  const xs = data.steps.map((_, k) => at(k));
  svg.append(
    s("rect", { x: 0, y: top, width, height: curve, class: "v-rz-frame" }),
    s("path", { d: line(xs, cut(tile.training)), class: "v-rz-training" }),
    s("path", { d: line(xs, cut(tile.validation)), class: "v-rz-validation" }),
  );
  if (tile.stopped >= 0) svg.append(s("path", { d: `M${at(tile.stopped)} ${top}V${top + curve}`, class: "v-rz-mark" }));
  const cursor = s("path", { class: "v-rz-cursor" });
  const floor = top + curve + 20 + histogram;
  const bins = tile.weights[0].length;
  const bars = tile.weights[0].map((_, b) => s("rect", { x: (b * width) / bins + 0.5, width: width / bins - 1, class: "v-rz-pile" }));
  svg.append(cursor, told, ...bars, s("line", { x1: 0, x2: width, y1: floor, y2: floor, class: "v-rz-axis" }));
  for (const [v, x, anchor] of [[`≤ ${write(-data.span, 1)}`, 0, "start"], ["w = 0", width / 2, "middle"], [`≥ ${write(data.span, 1)}`, width, "end"]]) svg.append(s("text", { x, y: floor + 14, class: "v-label v-small", "text-anchor": anchor }, v));
  const node = h("button", { type: "button", class: "v-rz-tile", "data-name": tile.name, onclick: () => choose(state, tile.name) }, svg);
  return { node, svg, tile, image, told, cursor, at, top, curve, bars, floor, histogram };
}

function choose(state, name) {
  state.picked = name;
  light(state);
  state.component.setTriggerValue("pick", name);
}

function light(state) {
  for (const { node, tile } of state.tiles) {
    node.classList.toggle("v-picked", tile.name === state.picked);
    node.setAttribute("aria-pressed", tile.name === state.picked);
  }
}

function paint(state, n) {
  const { grid } = state.data;
  const context = state.canvas.getContext("2d");
  const image = context.createImageData(grid, grid);
  const [low, middle, high] = state.ramp;
  const from = state.step * grid * grid;
  for (let i = 0; i < grid; i++) {
    for (let j = 0; j < grid; j++) {
      const p = state.maps[n][from + (grid - 1 - i) * grid + j] / 255; // row 0 of the map is the lowest
      const [a, share] = p < 0.5 ? [low, 1 - 2 * p] : [high, 2 * p - 1];
      const at = 4 * (i * grid + j);
      for (let c = 0; c < 3; c++) image.data[at + c] = middle[c] + 0.62 * share * (a[c] - middle[c]);
      image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
  return state.canvas.toDataURL();
}

function show(state) {
  const { data, step } = state;
  state.tiles.forEach((made, n) => {
    const { tile } = made;
    made.image.setAttribute("href", paint(state, n));
    made.cursor.setAttribute("d", `M${made.at(step)} ${made.top}V${made.top + made.curve}`);
    const isLast = step === data.steps.length - 1;
    const words = isLast && tile.loss !== null ? `${data.words.test} ${write(tile.loss, 3)} · ${(100 * tile.accuracy).toFixed(1)} %` : `${write(tile.training[step], 2)} / ${write(tile.validation[step], 2)}`;
    made.told.textContent = words;
    made.node.setAttribute("aria-label", `${tile.title}: ${words}`);
    tile.weights[step].forEach((share, b) => {
      const tall = Math.sqrt(share) * made.histogram;
      made.bars[b].setAttribute("y", made.floor - tall);
      made.bars[b].setAttribute("height", tall);
    });
  });
}
