// An alignment: the words of two texts, a line for every pair. Step by step the stages add their pairs; the last step
// shows the chunks, each in its own tone and with its number.
import { composeSvg, h, mount, pictureButtons, player, refit, s, saveSvg } from "./base.js";

const TONES = ["--v-Q", "--v-K", "--v-V", "--v-gradient", "--v-validation", "--v-X"];
const DASHES = ["none", "7 4", "2 4"];
const [TOP, ROW, BOX] = [26, 33, 27];
const pen = document.createElement("canvas").getContext("2d");

export default function align(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-figure" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.foot);
    fresh.stage.addEventListener("pointerover", (event) => {
      const at = event.target.closest?.("[data-chunk]")?.dataset.chunk;
      lightChunk(fresh, at === undefined ? null : Number(at));
    });
    fresh.stage.addEventListener("pointerleave", () => lightChunk(fresh, null));
    refit(fresh, draw);
  });
  const { data } = component;
  const signature = JSON.stringify({ ...data, step: 0 });
  state.data = data;
  if (state.last === signature) {
    if (!state.player.playing() && state.player.index() !== data.step) state.player.go(data.step, { quiet: true });
    return;
  }
  state.last = signature;
  state.player?.pause();
  state.player = player({
    names: data.steps,
    words: data.words,
    ms: 1100,
    show: (step) => {
      state.step = step;
      showStep(state);
    },
    settled: (step) => state.component.setTriggerValue("step", step),
  });
  state.foot.replaceChildren(
    state.player.node,
    h("span", { class: "v-hint" }, ...legend(data)),
    pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.stage, [...state.stage.querySelectorAll("svg")]), data.name, kind)),
  );
  state.step = data.step;
  draw(state);
  state.player.go(data.step, { quiet: true });
}

function legend(data) {
  const sample = (k) =>
    s("svg", { width: 34, height: 10, class: "v-sample", "aria-hidden": "true" }, s("line", { x1: 1, y1: 5, x2: 33, y2: 5, "stroke-dasharray": DASHES[k] }));
  return data.stages.flatMap((name, k) => [sample(k), ` ${name}   `]);
}

const widthOf = (word) => pen.measureText(word).width + 18;

function draw(state) {
  const { data } = state;
  pen.font = `15px ${getComputedStyle(state.root).fontFamily}`;
  state.width = state.root.clientWidth;
  const room = Math.max(240, state.width - 6);
  const most = (words) => Math.min(room * 0.36, Math.max(40, ...words.map(widthOf)));
  const [left, right] = [most(data.hypothesis), most(data.reference)];
  const between = Math.max(60, Math.min(260, room - left - right));
  const place = (words, x, width) => words.map((word, k) => ({ x, y: TOP + k * ROW, width, word }));
  const ours = place(data.hypothesis, 1, left);
  const theirs = place(data.reference, 1 + left + between, right);
  const line = ({ i, j }) => {
    const [x, y] = [1 + left, ours[i].y + BOX / 2];
    const [u, v] = [1 + left + between, theirs[j].y + BOX / 2];
    return { d: `M${x},${y} C${x + between * 0.45},${y} ${u - between * 0.45},${v} ${u},${v}`, badge: [(x + u) / 2, (y + v) / 2] };
  };
  const rows = Math.max(data.hypothesis.length, data.reference.length, 1);
  const size = { width: left + between + right + 4, height: TOP + rows * ROW + 4 };
  state.stage.replaceChildren(build(data, size, ours, theirs, line));
  showStep(state);
}

function build(data, size, ours, theirs, line) {
  const svg = s("svg", { ...size, class: "v-panel v-align", role: "img", "aria-label": data.words.alt });
  [ours, theirs].forEach((column, k) => svg.append(s("text", { x: column[0]?.x ?? 1, y: 14, class: "v-label" }, data.names[k])));
  const lines = s("g", {});
  const badges = s("g", {});
  const seen = new Set();
  for (const pair of data.pairs) {
    const tone = `var(${TONES[pair.chunk % TONES.length]})`;
    const { d, badge } = line(pair);
    const about = `${data.hypothesis[pair.i]} — ${data.reference[pair.j]}: ${data.stages[pair.stage]}, ${data.words.chunk} ${pair.chunk + 1}`;
    lines.append(
      s("path", { d, class: "v-pair", "stroke-dasharray": DASHES[pair.stage], "data-chunk": pair.chunk, "data-stage": pair.stage, style: `--v-tone:${tone}` }, s("title", {}, about)),
    );
    if (seen.has(pair.chunk)) continue;
    seen.add(pair.chunk);
    badges.append(
      s(
        "g",
        { class: "v-badge", "data-chunk": pair.chunk, style: `--v-tone:${tone}` },
        s("circle", { cx: badge[0], cy: badge[1], r: 10 }),
        s("text", { x: badge[0], y: badge[1] + 4.5, "text-anchor": "middle" }, String(pair.chunk + 1)),
      ),
    );
  }
  const boxes = s("g", {});
  const paired = [new Map(data.pairs.map((p) => [p.i, p])), new Map(data.pairs.map((p) => [p.j, p]))];
  [ours, theirs].forEach((column, side) =>
    column.forEach((box, k) => {
      const pair = paired[side].get(k);
      const group = s("g", {
        class: "v-box",
        "data-chunk": pair?.chunk,
        "data-stage": pair?.stage,
        style: pair ? `--v-tone:var(${TONES[pair.chunk % TONES.length]})` : null,
      });
      group.append(
        s("rect", { x: box.x, y: box.y, width: box.width, height: BOX, rx: 7 }),
        s("text", { x: box.x + box.width / 2, y: box.y + BOX / 2 + 5, "text-anchor": "middle", style: { fontSize: "15px" } }, fit(box)),
        s("title", {}, box.word),
      );
      boxes.append(group);
    }),
  );
  svg.append(lines, boxes, badges);
  return svg;
}

function fit({ word, width }) {
  if (widthOf(word) <= width + 1) return word;
  let cut = [...word];
  while (cut.length > 1 && widthOf(`${cut.join("")}…`) > width) cut = cut.slice(0, -1);
  return `${cut.join("")}…`;
}

// A pair appears with its stage; tones and numbers appear with the chunks, at the last step.
function showStep(state) {
  const { data, step } = state;
  const last = step === data.steps.length - 1;
  state.stage.classList.toggle("v-chunked", last);
  for (const node of state.stage.querySelectorAll("[data-stage]")) {
    const stage = Number(node.dataset.stage);
    node.classList.toggle("v-later", !last && stage > step);
    node.classList.toggle("v-now", !last && stage === step);
  }
}

function lightChunk(state, chunk) {
  if (!state.stage.classList.contains("v-chunked")) chunk = null;
  for (const node of state.stage.querySelectorAll(".v-pair, .v-box, .v-badge")) {
    node.classList.toggle("v-dim", chunk !== null && Number(node.dataset.chunk ?? -1) !== chunk);
  }
}
