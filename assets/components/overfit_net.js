// A net that trains: its map of the plane and both losses, played from recorded steps.
import { isStill, line, scale, unpack, write } from "./activation.js";
import { composeSvg, h, keepFocus, later, mount, pictureButtons, player, readTones, refit, s, saveSvg } from "./base.js";

const PAD = { left: 34, right: 10, top: 24, foot: 30 };
const clamp = (v, lo, hi) => Math.max(lo, Math.min(hi, v));

export default function overfitNet(component) {
  const state = mount(component, (fresh) => {
    fresh.told = h("p", { class: "v-of-told", "aria-live": "polite" });
    fresh.stage = h("div", { class: "v-of" });
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
  state.map = unpack(rest.map, Uint8Array);
  keepFocus(state.root, () => {
    wire(state, step);
    build(state);
  });
  // A new run plays once, unless its address asks for a certain step.
  if (!isStill() && step === rest.steps.length - 1 && rest.steps.length > 2) state.player.node.querySelector(".v-play").click();
}

function wire(state, step) {
  const { data } = state;
  state.player?.pause();
  state.k = step;
  state.player = player({
    names: data.steps.map((t) => `${data.words.at} ${t}`),
    words: data.words,
    ms: 34,
    show: (k) => {
      state.k = k;
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
  const { stage } = state;
  const width = (state.width = state.root.clientWidth);
  const isWide = width >= 620;
  const left = isWide ? Math.round(width * 0.54) : width;
  state.tones = readTones(state.root);
  state.plane = plane(state, left);
  state.chart = chart(state, isWide ? width - left - 16 : width, isWide ? Math.max(300, state.plane.height) : 250);
  stage.replaceChildren(state.plane.svg, state.chart.svg);
  paint(state);
}

function plane(state, width) {
  const { data } = state;
  const [x0, x1, y0, y1] = data.view;
  const inner = width - 2;
  const tall = Math.round((inner * (y1 - y0)) / (x1 - x0));
  const height = tall + PAD.top;
  const x = scale(x0, x1, 1, inner + 1);
  const y = scale(y0, y1, height, PAD.top);
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": data.alt });
  const image = s("image", { x: 1, y: PAD.top, width: inner, height: tall, preserveAspectRatio: "none", class: "v-of-map" });
  svg.append(s("text", { x: 0, y: 13, class: "v-title" }, data.words.map), image);
  const inView = ([px, py]) => px > x0 && px < x1 && py > y0 && py < y1;
  data.others.forEach(([px, py], i) => inView([px, py]) && svg.append(mark(x(px), y(py), data.otherClasses[i], 3, "v-of-other")));
  const dots = data.points.map((at, i) => {
    const [px, py] = [clamp(at[0], x0 + 0.06, x1 - 0.06), clamp(at[1], y0 + 0.06, y1 - 0.06)];
    const node = s("g", { class: "v-of-dot", tabindex: data.fixed ? null : 0, role: "button", "aria-label": `${data.words.point} ${i + 1}` });
    node.append(s("circle", { cx: x(px), cy: y(py), r: 11, class: "v-of-hit" }), mark(x(px), y(py), data.classes[i], 5, "v-of-train"));
    const pick = () => {
      state.picked = i;
      paint(state);
      state.component.setTriggerValue("pick", i);
    };
    if (!data.fixed) {
      node.addEventListener("click", pick);
      node.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        pick();
      });
    }
    svg.append(node);
    return node;
  });
  return { svg, image, dots, height };
}

// Class 1 is round, class 0 is square: colour is not alone.
function mark(cx, cy, kind, r, role) {
  const name = `${role} ${kind ? "v-of-one" : "v-of-zero"}`;
  return kind ? s("circle", { cx, cy, r, class: name }) : s("rect", { x: cx - r * 0.9, y: cy - r * 0.9, width: r * 1.8, height: r * 1.8, class: name });
}

function heatmap(state, k) {
  const { side } = state.data;
  const canvas = h("canvas", { width: side, height: side });
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  const [paper, one, zero] = ["--v-paper", "--v-positive", "--v-negative"].map((name) => state.tones(name));
  for (let row = 0; row < side; row++) {
    for (let col = 0; col < side; col++) {
      const p = state.map[(k * side + row) * side + col] / 255;
      const share = 0.1 + 0.55 * Math.abs(2 * p - 1);
      const tone = p > 0.5 ? one : zero;
      image.data.set([...paper.map((c, n) => Math.round(c + share * (tone[n] - c))), 255], ((side - 1 - row) * side + col) * 4);
    }
  }
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

function chart(state, width, height) {
  const { data } = state;
  const last = data.steps.at(-1);
  const x = scale(0, Math.max(1, last), PAD.left, width - PAD.right);
  const y = scale(0, data.most, height - PAD.foot, PAD.top);
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": data.words.losses, class: "v-of-slide" });
  const id = `${data.key}-course`;
  const floor = height - PAD.foot;
  svg.append(
    s("defs", {}, s("clipPath", { id }, s("rect", { x: PAD.left, y: PAD.top, width: width - PAD.left - PAD.right, height: floor - PAD.top }))),
    s("rect", { x: PAD.left, y: PAD.top, width: width - PAD.left - PAD.right, height: floor - PAD.top, class: "v-of-plane" }),
    s("text", { x: PAD.left, y: 13, class: "v-title" }, data.words.losses),
  );
  for (let v = 0; v <= data.most + 1e-9; v += 0.5) {
    svg.append(
      s("line", { x1: PAD.left, x2: width - PAD.right, y1: y(v), y2: y(v), class: "v-ac-grid" }),
      s("text", { x: PAD.left - 5, y: y(v) + 4, class: "v-label v-small", "text-anchor": "end" }, v.toFixed(1)),
    );
  }
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const t = Math.round(last * share);
    svg.append(s("text", { x: x(t), y: floor + 15, class: "v-label v-small", "text-anchor": share === 1 ? "end" : "middle" }, t));
  }
  const inside = s("g", { "clip-path": `url(#${id})` });
  const xs = data.steps.map(x);
  // What is still to come, and over it what has been seen.
  inside.append(
    s("path", { d: line(xs, data.train.map(y)), class: "v-of-line v-of-tr v-of-later" }),
    s("path", { d: line(xs, data.valid.map(y)), class: "v-of-line v-of-va v-of-later" }),
  );
  const seen = [s("path", { class: "v-of-line v-of-tr" }), s("path", { class: "v-of-line v-of-va", "stroke-dasharray": "7 4" })];
  const heads = [s("circle", { r: 4.2, class: "v-of-head v-of-tr" }), s("circle", { r: 4.2, class: "v-of-head v-of-va" })];
  inside.append(...seen, ...heads);
  svg.append(inside);
  if (data.best >= 0) {
    const bx = xs[data.best];
    const isLeft = bx < width * 0.6;
    svg.append(
      s("line", { x1: bx, x2: bx, y1: PAD.top, y2: floor, class: "v-of-best" }),
      s("text", { x: bx + (isLeft ? 5 : -5), y: PAD.top + 13, class: "v-label v-small v-of-halo", "text-anchor": isLeft ? "start" : "end" }, data.used >= 0 ? data.words.used : data.words.best),
    );
  }
  const cursor = s("line", { y1: PAD.top, y2: floor, class: "v-of-cursor" });
  svg.append(cursor);
  const to = (event) => {
    const t = x.back(event.clientX - svg.getBoundingClientRect().left);
    let best = 0;
    data.steps.forEach((step, k) => Math.abs(step - t) < Math.abs(data.steps[best] - t) && (best = k));
    state.player.pause();
    state.player.go(best);
  };
  svg.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    svg.setPointerCapture(event.pointerId);
    to(event);
    event.preventDefault();
  });
  svg.addEventListener("pointermove", (event) => svg.hasPointerCapture(event.pointerId) && to(event));
  return { svg, x, y, xs, seen, heads, cursor };
}

function paint(state) {
  if (!state.chart) return;
  const { data, plane: p, chart: c } = state;
  const k = (state.k = clamp(state.k, 0, data.steps.length - 1));
  p.image.setAttribute("href", heatmap(state, k));
  p.dots.forEach((node, i) => node.classList.toggle("v-picked", i === state.picked));
  [data.train, data.valid].forEach((values, n) => {
    c.seen[n].setAttribute("d", line(c.xs.slice(0, k + 1), values.slice(0, k + 1).map(c.y)));
    c.heads[n].setAttribute("cx", c.xs[k]);
    c.heads[n].setAttribute("cy", c.y(Math.min(values[k], data.most)));
  });
  for (const end of ["x1", "x2"]) c.cursor.setAttribute(end, c.xs[k]);
  const told = (n, glyph, values) => h("span", {}, `${glyph} ${data.names[n]} `, h("b", {}, write(values[k], 3)), ` · ${(100 * data.right[n][k]).toFixed(0)} %`);
  state.told.replaceChildren(
    h("span", {}, `${data.words.at} `, h("b", {}, data.steps[k])),
    told(0, "━", data.train),
    told(1, "┅", data.valid),
    h("span", {}, `${data.words.gap} `, h("b", {}, write(data.valid[k] - data.train[k], 3))),
  );
}
