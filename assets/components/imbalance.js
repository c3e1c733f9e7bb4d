// Seven answers to a rare class side by side: precision, recall and F1 of both classes, the boundary in the plane of the
// training examples, ROC, precision–recall, calibration, and who is missed. Picking one answers here at once; the server
// hears which one it is.
import { composeSvg, h, later, mount, pictureButtons, s, saveSvg } from "./base.js";

const ROW = 46;
const HEAD = 26;
const PAD = { left: 38, right: 10, top: 24, bottom: 36 };
const GAP = 18;
const clamp = (v, lo, hi) => Math.max(lo, Math.min(hi, v));
const spell = (v, n = 3) => (v === null ? "—" : v.toFixed(n));

export default function imbalance(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-imbalance" });
    fresh.people = h("div", { class: "v-people" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.people, fresh.foot);
    fresh.tell = later(60, (name) => fresh.component.setTriggerValue("pick", name));
    fresh.choose = (name) => {
      fresh.picked = name;
      paint(fresh);
      fresh.tell(name);
    };
    new ResizeObserver(later(100, () => fresh.data && fresh.root.clientWidth && fresh.width !== fresh.root.clientWidth && build(fresh))).observe(fresh.root);
  });
  const { picked, ...rest } = component.data;
  const signature = JSON.stringify([rest, getComputedStyle(state.root).color]);
  state.picked = picked;
  state.hovered = null;
  if (signature !== state.last) {
    state.last = signature;
    state.data = component.data;
    build(state);
  } else paint(state);
}

const shownName = (state) => state.hovered ?? state.picked;
const find = (state, name) => state.data.remedies.find((r) => r.name === name);

function build(state) {
  const { data, stage, foot } = state;
  state.width = state.root.clientWidth;
  const isWide = state.width >= 860;
  const room = state.width - 1; // the true width may be a fraction smaller
  const side = isWide ? clamp(Math.floor(room * 0.36), 290, 400) : room;
  state.board = isWide ? room - side - GAP : room;
  const across = state.width >= 700 ? 3 : state.width >= 440 ? 2 : 1;
  state.size = clamp(Math.floor((room - (across - 1) * GAP) / across), 170, 340);
  state.groups = new Map();
  state.charts = { roc: chart(state, "roc", data.words.fpr, data.words.recall), pr: chart(state, "pr", data.words.recall, data.words.precision), calibration: chart(state, "calibration", data.words.forecast, data.words.observed) };
  fillCurves(state);
  stage.replaceChildren(
    h("div", { class: "v-row v-im-top" }, dumbbells(state), plane(state, side, isWide ? HEAD + ROW * 8 + 8 : Math.min(320, side))),
    h("div", { class: "v-row v-im-charts" }, Object.values(state.charts).map((c) => c.svg)),
  );
  foot.replaceChildren(
    h("span", { class: "v-hint" }, data.words.hint),
    pictureButtons(data.words, (kind) => saveSvg(composeSvg(stage, [...stage.querySelectorAll("svg")]), data.name, kind)),
  );
  paint(state);
}

// ---- precision, recall and F1 of both classes ------------------------------------------------------------------------

function dumbbells(state) {
  const { data, board: width } = state;
  const columns = [
    ["F₁", (r) => spell(r.f1[0])],
    [data.words.accuracy, (r) => spell(r.accuracy)],
    ["AUC", (r) => spell(r.auc)],
    ["AP", (r) => spell(r.ap)],
    [data.words.mean, (r) => spell(r.mean[0])],
  ].slice(0, width >= 560 ? 5 : width >= 470 ? 3 : 2);
  const name = width >= 470 ? 142 : 116;
  const cell = 52;
  const right = width - columns.length * cell;
  const x = (v) => name + 8 + v * (right - name - 22);
  const height = HEAD + ROW * (data.remedies.length + 1) + 8;
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": data.alt });
  for (const v of [0, 0.5, 1])
    svg.append(s("path", { d: `M${x(v)} ${HEAD - 4}V${height - 6}`, class: "v-base" }), s("text", { x: x(v), y: HEAD - 9, class: "v-label v-small", "text-anchor": "middle" }, v === 0.5 ? "0.5" : String(v)));
  columns.forEach(([title], k) => svg.append(s("text", { x: right + cell * (k + 1) - 6, y: HEAD - 9, class: "v-label v-small", "text-anchor": "end" }, title)));
  const middle = (k) => HEAD + ROW * k + ROW / 2;
  const numbers = (group, values, y) => values.forEach((value, k) => group.append(s("text", { x: right + cell * (k + 1) - 6, y: y + 4, class: "v-number v-im-number", "text-anchor": "end" }, value)));
  const lazy = s("g", { class: "v-im-lazy" });
  lazy.append(s("text", { x: 8, y: middle(0) + 4, class: "v-label" }, data.words.always), dumbbell(x, middle(0), null, 0, 0, "positive", true));
  numbers(lazy, ["0", spell(data.majority), "", "", ""].slice(0, columns.length), middle(0));
  if (data.use <= 0.5) svg.append(lazy);
  data.remedies.forEach((r, at) => {
    const y = middle(at + 1);
    const pick = () => state.choose(r.name);
    const said = `${r.title}: ${data.words.precision} ${spell(r.precision[0])}, ${data.words.recall} ${spell(r.recall[0])}, F₁ ${spell(r.f1[0])}, ${data.words.accuracy} ${spell(r.accuracy)}`;
    const group = s("g", {
      class: "v-im-row",
      role: "button",
      tabindex: 0,
      "aria-label": said,
      onclick: pick,
      onpointerenter: () => hover(state, r.name),
      onpointerleave: () => hover(state, null),
      onkeydown: (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        pick();
      },
    });
    group.append(
      s("rect", { x: 1, y: y - ROW / 2 + 2, width: width - 2, height: ROW - 4, rx: 6, class: "v-im-ground" }),
      s("text", { x: 8, y: y + 4, class: "v-im-name" }, r.title),
      dumbbell(x, y - 4, r.precision[0], r.recall[0], r.f1[0], "positive", true),
      dumbbell(x, y + 12, r.precision[1], r.recall[1], r.f1[1], "negative", false),
    );
    numbers(group, columns.map(([, read]) => read(r)), y);
    svg.append(group);
    state.groups.set(r.name, group);
  });
  return svg;
}

// Precision is a ring, recall a disc, F1 a diamond; the common class the same, thin.
function dumbbell(x, y, precision, recall, f1, role, isMain) {
  const size = isMain ? 6 : 3;
  const tone = { style: { color: `var(--v-${role})` } };
  const group = s("g", { class: isMain ? "v-im-bell" : "v-im-bell v-im-thin", ...tone });
  if (precision !== null) group.append(s("path", { d: `M${x(precision)} ${y}H${x(recall)}`, class: "v-im-bar" }), s("circle", { cx: x(precision), cy: y, r: size, class: "v-im-ring" }));
  group.append(s("circle", { cx: x(recall), cy: y, r: size, class: "v-im-disc" }));
  if (isMain) group.append(s("path", { d: `M${x(f1)} ${y - 6}l5 6l-5 6l-5 -6z`, class: "v-im-diamond" }));
  return group;
}

// ---- the plane ----------------------------------------------------------------------------------------------------------

function plane(state, width, height) {
  const { data } = state;
  const all = [...data.points, ...data.remedies.flatMap((r) => r.made)];
  const range = (k) => {
    const values = all.map((p) => p[k]).sort((a, b) => a - b);
    const cut = Math.floor(values.length * 0.003);
    const [lo, hi] = [values[cut], values[values.length - 1 - cut]];
    const room = (hi - lo || 1) * 0.06;
    return [lo - room, hi + room];
  };
  const [x0, x1] = range(0);
  const [y0, y1] = range(1);
  const box = { left: 2, top: 24, width: width - 4, height: height - 58 };
  const toX = (v) => box.left + ((v - x0) / (x1 - x0)) * box.width;
  const toY = (v) => box.top + box.height - ((v - y0) / (y1 - y0)) * box.height;
  const id = `${data.name}-plane`;
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": data.words.plane });
  svg.append(
    s("defs", {}, s("clipPath", { id }, s("rect", { x: box.left, y: box.top, width: box.width, height: box.height }))),
    s("text", { x: 2, y: 14, class: "v-title" }, data.words.plane),
    s("rect", { x: box.left, y: box.top, width: box.width, height: box.height, class: "v-plane" }),
  );
  const inside = s("g", { "clip-path": `url(#${id})` });
  // The common class first, so that the few rare ones lie on top.
  const order = data.points.map((_, i) => i).sort((a, b) => data.rare[a] - data.rare[b]);
  state.dots = [];
  for (const i of order) {
    const [px, py] = data.points[i];
    const dot = s("circle", { cx: toX(px).toFixed(1), cy: toY(py).toFixed(1), class: data.rare[i] ? "v-im-rare" : "v-im-common" });
    state.dots[i] = dot;
    inside.append(dot);
  }
  state.newcomers = s("path", { class: "v-im-made" });
  inside.append(state.newcomers);
  state.lines = new Map();
  const far = 4 * Math.max(x1 - x0, y1 - y0);
  for (const r of data.remedies) {
    const [a, b, c] = r.line;
    const length = a * a + b * b;
    if (length < 1e-12) continue;
    const [fx, fy] = [(-a * c) / length, (-b * c) / length];
    const [dx, dy] = [(-b / Math.sqrt(length)) * far, (a / Math.sqrt(length)) * far];
    const d = `M${toX(fx - dx).toFixed(1)} ${toY(fy - dy).toFixed(1)}L${toX(fx + dx).toFixed(1)} ${toY(fy + dy).toFixed(1)}`;
    const line = s("path", { d, class: "v-im-line" });
    inside.append(line);
    state.lines.set(r.name, d);
  }
  state.boundary = s("path", { class: "v-im-boundary" });
  inside.append(state.boundary);
  state.place = { toX, toY };
  svg.append(inside);
  const legend = (x, mark, text) => svg.append(s("g", { transform: `translate(${x} ${height - 22})` }, mark, s("text", { x: 9, y: 4, class: "v-label v-small" }, text)));
  legend(8, s("circle", { r: 4.5, class: "v-im-rare" }), data.words.rare);
  legend(width * 0.36, s("circle", { r: 3.5, class: "v-im-common" }), data.words.common);
  legend(width * 0.72, s("path", { d: "M-4 0H4M0 -4V4", class: "v-im-made" }), data.words.made);
  wrapped(svg, data.isFlat ? data.words.whole : data.words.cut, 2, height - 4, width);
  return svg;
}

// One line of small text, shortened to the width it has; the whole of it on hover.
function wrapped(svg, text, x, y, width) {
  const most = Math.floor(width / 5.4);
  const node = s("text", { x, y, class: "v-label v-tiny" }, text.length > most ? `${text.slice(0, most - 1)}…` : text);
  node.append(s("title", {}, text));
  svg.append(node);
}

// ---- ROC, precision–recall, calibration -----------------------------------------------------------------------------------

function chart(state, kind, xTitle, yTitle) {
  const { data, size } = state;
  const height = Math.min(size, 290);
  const x = (v) => PAD.left + v * (size - PAD.left - PAD.right);
  const y = (v) => height - PAD.bottom - v * (height - PAD.top - PAD.bottom);
  const svg = s("svg", { width: size, height, viewBox: `0 0 ${size} ${height}`, role: "img", "aria-label": data.words[kind] });
  svg.append(s("text", { x: 2, y: 14, class: "v-title" }, data.words[kind]));
  for (const v of [0, 0.5, 1])
    svg.append(
      s("path", { d: `M${x(0)} ${y(v)}H${x(1)}M${x(v)} ${y(0)}V${y(1)}`, class: "v-base" }),
      s("text", { x: PAD.left - 6, y: y(v) + 4, class: "v-label v-small", "text-anchor": "end" }, String(v)),
      s("text", { x: x(v), y: y(0) + 14, class: "v-label v-small", "text-anchor": "middle" }, String(v)),
    );
  svg.append(
    s("text", { x: x(0.5), y: height - 4, class: "v-label v-small", "text-anchor": "middle" }, xTitle),
    s("text", { x: 10, y: y(0.5), class: "v-label v-small", "text-anchor": "middle", transform: `rotate(-90 10 ${y(0.5)})` }, yTitle),
  );
  return { svg, x, y, size, height };
}

const trail = (c, xs, ys) => xs.map((v, k) => `${k ? "L" : "M"}${c.x(v).toFixed(1)} ${c.y(ys[k]).toFixed(1)}`).join("");

function fillCurves(state) {
  const { data, charts } = state;
  const plain = data.remedies[0];
  for (const [kind, c] of Object.entries(charts)) {
    if (kind === "calibration") {
      c.svg.append(s("path", { d: `M${c.x(0)} ${c.y(0)}L${c.x(1)} ${c.y(1)}`, class: "v-guide" }));
      c.bins = s("g", {});
      c.svg.append(
        c.bins,
        s("circle", { cx: c.x(0.04), cy: c.y(0.95), r: 5, class: "v-im-raw" }),
        s("text", { x: c.x(0.04) + 9, y: c.y(0.95) + 4, class: "v-label v-small" }, data.words.trained),
        (c.mark = s("circle", { cx: c.x(0.04), cy: c.y(0.87), r: 5, class: "v-im-mended" })),
        (c.markText = s("text", { x: c.x(0.04) + 9, y: c.y(0.87) + 4, class: "v-label v-small" }, data.words.corrected)),
      );
      continue;
    }
    const chance = kind === "roc" ? `M${c.x(0)} ${c.y(0)}L${c.x(1)} ${c.y(1)}` : `M${c.x(0)} ${c.y(data.use)}H${c.x(1)}`;
    c.band = s("path", { class: "v-im-band" });
    c.line = s("path", { class: "v-curve" });
    c.here = s("circle", { r: 6, class: "v-dot" });
    const path = plain[kind];
    const title = kind === "roc" ? "AUC" : "AP";
    c.value = s("text", { x: c.x(1), y: 14, class: "v-label", "text-anchor": "end" });
    c.say = (r) => `${title} ${spell(kind === "roc" ? r.auc : r.ap)}`;
    c.svg.append(s("path", { d: chance, class: "v-guide" }), c.band, s("path", { d: trail(c, path[0], path[1]), class: "v-curve v-accuracy" }), c.line, c.value);
    for (const r of data.remedies) {
      const [px, py] = spot(kind, r);
      if (py === null) continue;
      c.svg.append(s("circle", { cx: c.x(px), cy: c.y(py), r: 4, class: "v-im-spot", onclick: () => state.choose(r.name), onpointerenter: () => hover(state, r.name), onpointerleave: () => hover(state, null) }, s("title", {}, r.title)));
    }
    c.svg.append(c.here);
  }
}

const spot = (kind, r) => (kind === "roc" ? [r.fpr, r.recall[0]] : [r.recall[0], r.precision[0]]);

function band(c, grid, [low, high]) {
  const back = [...grid.keys()].reverse();
  return `${trail(c, grid, high)}${back.map((k) => `L${c.x(grid[k]).toFixed(1)} ${c.y(low[k]).toFixed(1)}`).join("")}Z`;
}

// ---- the picked remedy --------------------------------------------------------------------------------------------------

function hover(state, name) {
  if (state.hovered === name) return;
  state.hovered = name;
  paint(state);
}

function paint(state) {
  const { data, charts } = state;
  const name = shownName(state);
  const r = find(state, name);
  for (const [key, group] of state.groups) {
    group.classList.toggle("v-picked", key === state.picked);
    group.classList.toggle("v-lit", key === state.hovered);
    group.setAttribute("aria-pressed", key === state.picked);
  }
  const d = state.lines.get(name);
  state.boundary.setAttribute("d", d ?? "");
  const heaviest = r.counts ? Math.max(...r.counts) : 1;
  state.dots.forEach((dot, i) => {
    const count = r.counts ? r.counts[i] : 1;
    const base = data.rare[i] ? 3.6 : 2.1;
    // An area grows as the count does, up to a size that still leaves room.
    const radius = base * Math.sqrt(clamp(heaviest <= 1 ? count : Math.max(count, 0.15), 0, 9));
    dot.setAttribute("r", count ? Math.max(radius, 0.7).toFixed(2) : 1);
    dot.classList.toggle("v-im-out", count === 0);
  });
  const { toX, toY } = state.place;
  state.newcomers.setAttribute("d", r.made.map(([x, y]) => `M${(toX(x) - 2.5).toFixed(1)} ${toY(y).toFixed(1)}h5M${toX(x).toFixed(1)} ${(toY(y) - 2.5).toFixed(1)}v5`).join(""));
  for (const kind of ["roc", "pr"]) {
    const c = charts[kind];
    const path = r[kind];
    c.band.setAttribute("d", band(c, data.grid, kind === "roc" ? r.bandRoc : r.bandPr));
    c.line.setAttribute("d", trail(c, path[0], path[1]));
    c.value.textContent = c.say(r);
    const [px, py] = spot(kind, r);
    c.here.setAttribute("visibility", py === null ? "hidden" : "visible");
    if (py !== null) {
      c.here.setAttribute("cx", c.x(px));
      c.here.setAttribute("cy", c.y(py));
    }
  }
  const c = charts.calibration;
  const isMended = Math.abs(r.mean[0] - r.mean[1]) > 1e-4;
  for (const node of [c.mark, c.markText]) node.setAttribute("visibility", isMended ? "visible" : "hidden");
  const dots = (bins, look) => bins.map(([forecast, observed, weight]) => s("circle", { cx: c.x(forecast), cy: c.y(observed), r: clamp(1.6 * Math.log2(1 + weight), 2.5, 12), class: look }, s("title", {}, `${spell(forecast)} → ${spell(observed)}`)));
  c.bins.replaceChildren(...dots(r.bins[0], "v-im-raw"), ...(isMended ? dots(r.bins[1], "v-im-mended") : []));
  people(state, r);
}

// ---- who is missed, who is a false alarm, who is invented -------------------------------------------------------------

function people(state, r) {
  const { data } = state;
  if (!Object.keys(data.pixels).length) return state.people.replaceChildren();
  const group = (title, faces) => h("div", { class: "v-im-group" }, h("p", { class: "v-people-head" }, h("b", {}, title)), h("div", { class: "v-faces" }, faces.length ? faces : h("span", { class: "v-hint" }, data.words.nobody)));
  const list = (rows) => rows.map(([row, p]) => face(state, inkOf(data, row), `p ${spell(p)}`));
  const mixes = r.mixes.map(([a, b, u]) => {
    const [x, y] = [inkOf(data, a), inkOf(data, b)];
    return h("div", { class: "v-im-mix" }, face(state, x, "x"), face(state, x.map((v, k) => v + u * (y[k] - v)), `u ${u.toFixed(2)}`, true), face(state, y, "x′"));
  });
  state.people.replaceChildren(
    h("div", { class: "v-im-groups" }, group(`${data.words.missed}: ${r.nMissed}`, list(r.missed)), group(`${data.words.alarms}: ${r.nAlarms}`, list(r.alarms)), mixes.length ? group(data.words.mixes, mixes) : null),
  );
}

const inkOf = (data, row) => [...data.pixels[row]].map((digit) => parseInt(digit, 16));

// Ink on paper in both themes: the canvas holds only how much ink, the colours are the page's.
function face(state, ink, caption, isMade = false) {
  const canvas = h("canvas", { width: 8, height: 8, "aria-hidden": "true" });
  const image = canvas.getContext("2d").createImageData(8, 8);
  const [r, g, b] = getComputedStyle(state.root).color.match(/[\d.]+/g).map(Number);
  ink.forEach((value, p) => image.data.set([r, g, b, Math.round(value * 17)], p * 4));
  canvas.getContext("2d").putImageData(image, 0, 0);
  return h("figure", { class: isMade ? "v-face v-im-new" : "v-face" }, canvas, h("figcaption", {}, caption));
}
