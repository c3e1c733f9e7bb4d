// One digit, ten contestants: drag or draw the digit, and every verdict follows. What each says at all 25 places is
// sent with the digit, so moving it needs no server; a drawn one is sent when the hand rests.
import { isStill, minus } from "./activation.js";
import { composeSvg, h, keepFocus, later, mount, pictureButtons, refit, s, saveSvg } from "./base.js";

const CELL = 20;
const INKS = "0123456789abcdef";
const ROLES = { pixels: "X", features: "K", learned: "V" };
const clamp = (value, lo, hi) => Math.max(lo, Math.min(hi, value));
const percent = (share) => `${Math.round(share * 100)}%`;

export default function duel(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-dl" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.foot);
    fresh.mode = "move";
    fresh.tell = (kind, value) => fresh.component.setTriggerValue(kind, value);
    fresh.settleShift = later(250, () => {
      fresh.isMoving = false;
      fresh.tell("shift", `${fresh.dx}.${fresh.dy}`);
    });
    fresh.settleInk = later(250, () => {
      fresh.isMoving = false;
      fresh.tell("ink", fresh.ink.map((v) => INKS[v]).join(""));
    });
    refit(fresh, build);
  });
  const { data } = component;
  const signature = JSON.stringify(data);
  if (signature === state.last) return;
  state.last = signature;
  state.data = data;
  // While a hand is at work its own picture is newer than what the server answers.
  if (!state.isMoving) {
    state.ink = [...data.ink].map((c) => INKS.indexOf(c));
    [state.dx, state.dy] = data.shift;
  }
  state.picked = data.picked;
  keepFocus(state.root, () => build(state));
}

// ---- layout ------------------------------------------------------------------------------------------------------

function build(state) {
  const { data, stage, foot } = state;
  state.width = state.root.clientWidth;
  if (!state.width) return;
  const size = data.side * CELL;
  state.board = s("svg", { width: size, height: size, viewBox: `0 0 ${size} ${size}`, class: `v-dl-board v-dl-${state.mode}`, tabindex: 0, role: "application", "aria-label": data.words.board });
  state.cells = Array.from({ length: data.side ** 2 }, (_, k) => s("rect", { x: (k % data.side) * CELL, y: Math.floor(k / data.side) * CELL, width: CELL, height: CELL }));
  state.board.append(s("rect", { width: size, height: size, class: "v-dl-paper" }), ...state.cells);
  listen(state);
  const mode = (name) => h("button", { type: "button", "aria-pressed": state.mode === name, onclick: () => ((state.mode = name), keepFocus(state.root, () => build(state))) }, data.words[name]);
  const clear = h("button", { type: "button", onclick: () => ((state.mode = "draw"), (state.ink = state.ink.map(() => 0)), ([state.dx, state.dy] = [0, 0]), keepFocus(state.root, () => build(state))) }, data.words.clear);
  const home = h("button", { type: "button", onclick: () => move(state, 0, 0) }, data.words.home);
  state.told = h("p", { class: "v-dl-told", "aria-live": "polite" });
  const faces = data.thumbs.map(([row, ink, digit]) => {
    const canvas = face(state, [...ink].map((c) => INKS.indexOf(c)), data.side);
    return h("button", { type: "button", class: row === data.row ? "v-dl-face v-picked" : "v-dl-face", "aria-label": `${data.words.digit} ${digit}`, "aria-pressed": row === data.row, onclick: () => state.tell("row", row) }, canvas, h("small", {}, String(digit)));
  });
  const left = h("div", { class: "v-dl-left" }, state.board, h("div", { class: "v-dl-modes" }, mode("move"), mode("draw"), clear, home), state.told, faces.length ? h("p", { class: "v-dl-head" }, data.words.disputed) : "", h("div", { class: "v-dl-faces" }, faces));
  state.table = h("div", { class: "v-dl-table", role: "listbox", "aria-label": data.words.contestants });
  const side = Math.max(260, state.width >= 640 ? state.width - size - 30 : state.width);
  state.charts = h("div", { class: "v-dl-charts" });
  stage.replaceChildren(left, h("div", { class: "v-dl-right", style: { width: `${side}px` } }, state.table, state.charts));
  state.side = side;
  rows(state);
  charts(state);
  foot.replaceChildren(h("span", { class: "v-hint" }, data.words.hint), pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.stage, [...state.stage.querySelectorAll("svg")]), data.name, kind)));
  paint(state);
}

// Ink on paper in both themes: the canvas holds only how much ink, the colour is the page's.
function face(state, ink, side) {
  const canvas = h("canvas", { width: side, height: side, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  const [r, g, b] = getComputedStyle(state.root).color.match(/[\d.]+/g).map(Number);
  ink.forEach((value, p) => image.data.set([r, g, b, value * 17], p * 4));
  context.putImageData(image, 0, 0);
  return canvas;
}

function listen(state) {
  const { board, data } = state;
  const at = (event) => {
    const box = board.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * data.side, ((event.clientY - box.top) / box.height) * data.side];
  };
  let from = null;
  board.addEventListener("pointerdown", (event) => {
    board.setPointerCapture(event.pointerId);
    from = { at: at(event), dx: state.dx, dy: state.dy };
    if (state.mode === "draw") {
      settleShifted(state);
      dab(state, ...from.at);
    }
  });
  board.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [x, y] = at(event);
    if (state.mode === "draw") dab(state, x, y);
    else move(state, from.dx + Math.round(x - from.at[0]), from.dy + Math.round(y - from.at[1]));
  });
  for (const end of ["pointerup", "pointercancel"]) board.addEventListener(end, () => (from = null));
  board.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!by) return;
    event.preventDefault();
    move(state, state.dx + by[0], state.dy + by[1]);
  });
}

function move(state, dx, dy) {
  const { reach } = state.data;
  const next = [clamp(dx, -reach, reach), clamp(dy, -reach, reach)];
  if (next[0] === state.dx && next[1] === state.dy) return;
  [state.dx, state.dy] = next;
  state.isMoving = true;
  paint(state);
  state.settleShift();
}

// A digit that was moved and is now drawn upon stays where it is.
function settleShifted(state) {
  if (!state.dx && !state.dy) return;
  state.ink = shifted(state);
  [state.dx, state.dy] = [0, 0];
}

// A round, soft brush of about the width of the strokes that the digits have.
function dab(state, x, y) {
  const { side } = state.data;
  let isNew = false;
  state.ink = state.ink.map((value, k) => {
    const far = Math.hypot((k % side) + 0.5 - x, Math.floor(k / side) + 0.5 - y);
    const next = Math.max(value, Math.round(15 * clamp(1.35 - far, 0, 1)));
    isNew ||= next !== value;
    return next;
  });
  if (!isNew) return;
  state.isMoving = true;
  paint(state);
  state.settleInk();
}

function shifted(state) {
  const { side } = state.data;
  return state.ink.map((_, k) => {
    const [x, y] = [(k % side) - state.dx, Math.floor(k / side) - state.dy];
    return x < 0 || y < 0 || x >= side || y >= side ? 0 : state.ink[y * side + x];
  });
}

// ---- the table ---------------------------------------------------------------------------------------------------

function mark(kind, r) {
  const shapes = {
    knn: () => s("circle", { r }),
    logistic: () => s("rect", { x: -r * 0.85, y: -r * 0.85, width: r * 1.7, height: r * 1.7 }),
    svm: () => s("path", { d: `M0 ${-r * 1.2}L${r * 1.1} ${r * 0.8}L${-r * 1.1} ${r * 0.8}Z` }),
    forest: () => s("path", { d: `M0 ${-r * 1.25}L${r * 1.25} 0L0 ${r * 1.25}L${-r * 1.25} 0Z` }),
    mlp: () => s("path", { d: `M${-r} ${-r}L${r} ${r}M${-r} ${r}L${r} ${-r}`, class: "v-dl-stroke" }),
    cnn: () => s("path", { d: `M0 ${-r * 1.3}V${r * 1.3}M${-r * 1.3} 0H${r * 1.3}M${-r} ${-r}L${r} ${r}M${-r} ${r}L${r} ${-r}`, class: "v-dl-stroke" }),
  };
  return shapes[kind]();
}
const kindOf = (row) => row.name.split(".")[0];
const tone = (row) => `var(--v-${ROLES[row.group]})`;
const coloured = (node, row) => {
  node.style.setProperty("--v-tone", tone(row));
  return node;
};
const short = (seconds) => (seconds < 0.0005 ? "<1 ms" : seconds < 1 ? `${Math.round(seconds * 1000)} ms` : `${seconds.toPrecision(2)} s`);
const count = (n) => (n >= 10000 ? `${Math.round(n / 1000)}k` : String(n));

function rows(state) {
  const { data } = state;
  const kids = [h("div", { class: "v-dl-top", "aria-hidden": "true" }, h("span", {}, ""), h("span", {}, data.words.says), h("span", {}, data.words.shares), h("span", { class: "v-dl-wide" }, `${data.words.right}: 0 … 100%`), h("span", { class: "v-dl-price" }, data.words.price))];
  state.rows = new Map();
  for (const group of data.groups) {
    kids.push(h("div", { class: "v-dl-group", style: { color: `var(--v-${group.role})` } }, group.title));
    for (const row of data.rows.filter((one) => one.group === group.name)) {
      const glyph = s("svg", { width: 15, height: 15, viewBox: "-7.5 -7.5 15 15", "aria-hidden": "true", class: "v-dl-mark" }, coloured(mark(kindOf(row), 4.5), row));
      const said = h("b", { class: "v-dl-said" });
      const bars = Array.from({ length: 10 }, () => h("i", {}));
      const strip = s("svg", { viewBox: "0 0 100 14", preserveAspectRatio: "none", class: "v-dl-strip", "aria-hidden": "true" });
      const node = h("div", { class: "v-dl-row", role: "option", tabindex: 0, "data-name": row.name, onclick: () => pick(state, row.name), onkeydown: (event) => (event.key === "Enter" || event.key === " ") && (event.preventDefault(), pick(state, row.name)) }, h("span", { class: "v-dl-name" }, glyph, row.title), said, h("span", { class: "v-dl-bars" }, bars), h("span", { class: "v-dl-wide" }), h("span", { class: "v-dl-price" }, row.says ? `${short(row.seconds)} · ${count(row.kept)}` : "…"));
      node.children[3].append(strip, h("em", {}));
      const band = row.says ? s("line", { x1: row.band[0] * 100, x2: row.band[1] * 100, y1: 7, y2: 7, class: "v-dl-band" }) : null;
      const dot = row.says ? s("line", { x1: row.right[data.reach] * 100, x2: row.right[data.reach] * 100, y1: 1, y2: 13, class: "v-dl-rest" }) : null;
      const now = s("line", { y1: 3, y2: 11, class: "v-dl-now" });
      strip.append(s("line", { x1: 0, x2: 100, y1: 7, y2: 7, class: "v-dl-rail" }), ...[band, dot, row.says ? now : null].filter(Boolean).map((one) => coloured(one, row)));
      node.style.setProperty("--v-tone", tone(row));
      state.rows.set(row.name, { node, said, bars, now, row, told: node.children[3].lastChild });
      kids.push(node);
    }
  }
  state.table.replaceChildren(...kids);
}

function pick(state, name) {
  state.picked = name;
  state.tell("pick", name);
  paint(state);
}

function paint(state) {
  const { data } = state;
  const { reach } = data;
  shifted(state).forEach((value, k) => (state.cells[k].style.fillOpacity = value / 15));
  const place = (state.dy + reach) * (2 * reach + 1) + state.dx + reach;
  // A digit that is being drawn has other verdicts than those that were sent.
  const isStale = Boolean(state.isMoving) && state.ink.map((v) => INKS[v]).join("") !== data.ink;
  const isWritten = state.ink.some((v) => v);
  let agreed = 0;
  let all = 0;
  for (const { node, said, bars, now, row, told } of state.rows.values()) {
    const isPicked = row.name === state.picked;
    node.classList.toggle("v-picked", isPicked);
    node.setAttribute("aria-selected", isPicked);
    node.classList.toggle("v-dl-stale", isStale);
    if (!row.says) continue;
    const p = row.says.slice(place * 10, place * 10 + 10);
    const digit = p.indexOf(Math.max(...p));
    const isRight = data.truth === null ? null : digit === data.truth;
    all += 1;
    agreed += isRight === true ? 1 : 0;
    said.textContent = isStale || !isWritten ? "·" : `${digit}${isRight === null ? "" : isRight ? " ✓" : " ✗"}`;
    said.className = `v-dl-said ${isRight === null || isStale ? "" : isRight ? "v-dl-yes" : "v-dl-no"}`;
    bars.forEach((bar, k) => {
      bar.style.setProperty("--v-share", `${Math.max(4, p[k])}%`);
      bar.title = `${k}: ${p[k]}%`;
      bar.className = k === digit ? "v-dl-most" : "";
    });
    const moved = row.right[state.dx + reach];
    now.setAttribute("x1", moved * 100);
    now.setAttribute("x2", moved * 100);
    told.textContent = percent(moved);
    node.setAttribute("aria-label", `${row.title}: ${digit}, ${data.words.right} ${percent(moved)}`);
  }
  const where = `dx = ${minus(state.dx)}, dy = ${minus(state.dy)}`;
  state.told.textContent = data.truth === null || !all ? where : `${where} · ${data.words.verdict.replace("{n}", agreed).replace("{all}", all)}`;
  paintCharts(state);
}

// ---- moved aside, and the price ----------------------------------------------------------------------------------

function charts(state) {
  const { data, side } = state;
  const ready = data.rows.filter((row) => row.says);
  const W = Math.max(240, Math.min(430, side >= 500 ? side / 2 - 10 : side));
  const H = 168;
  const pad = { l: 34, r: 8, t: 22, b: 30 };
  const y = (share) => pad.t + (H - pad.t - pad.b) * (1 - share);
  const frame = (title, label) =>
    s("svg", { width: W, height: H, viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": title, class: "v-dl-chart" }, s("text", { x: 2, y: 12, class: "v-title" }, title), ...[0, 0.5, 1].flatMap((v) => [s("line", { x1: pad.l, x2: W - pad.r, y1: y(v), y2: y(v), class: "v-dl-grid" }), s("text", { x: pad.l - 4, y: y(v) + 4, "text-anchor": "end", class: "v-label v-small" }, percent(v))]), s("text", { x: W - pad.r, y: H - 3, "text-anchor": "end", class: "v-label v-small" }, label));
  const inner = W - pad.l - pad.r;
  const xOf = (dx) => pad.l + inner * ((dx + data.reach) / (2 * data.reach));
  const first = frame(data.words.aside, data.words.axis);
  state.cursor = s("line", { y1: pad.t, y2: H - pad.b, class: "v-dl-cursor" });
  first.append(state.cursor, ...[-2, -1, 0, 1, 2].map((dx) => s("text", { x: xOf(dx), y: H - 16, "text-anchor": "middle", class: "v-label v-small" }, minus(dx))));
  state.lines = ready.map((row) => {
    const line = coloured(s("path", { d: row.right.map((v, k) => `${k ? "L" : "M"}${xOf(k - data.reach).toFixed(1)} ${y(v).toFixed(1)}`).join(""), class: `v-dl-line ${row.group === "learned" ? "" : "v-dl-dotted"}`, "data-name": row.name }), row);
    line.append(s("title", {}, row.title));
    line.addEventListener("click", () => pick(state, row.name));
    first.append(line);
    return line;
  });
  const second = frame(data.words.cost, data.words.seconds);
  const [lo, hi] = [-4, 1];
  const xLog = (seconds) => pad.l + 8 + (inner - 16) * clamp((Math.log10(Math.max(seconds, 1e-9)) - lo) / (hi - lo), 0, 1);
  for (const [power, name] of [[-3, "1 ms"], [-1, "0.1 s"], [1, "10 s"]]) second.append(s("text", { x: xLog(10 ** power), y: H - 16, "text-anchor": power === 1 ? "end" : "middle", class: "v-label v-small" }, name));
  state.spots = ready.map((row) => {
    const node = coloured(s("g", { class: "v-dl-spot", "data-name": row.name }, mark(kindOf(row), 5), s("title", {}, row.title)), row);
    node.dataset.x = xLog(row.seconds);
    node.addEventListener("click", () => pick(state, row.name));
    second.append(node);
    return node;
  });
  state.place = { y, xOf };
  state.charts.replaceChildren(first, second);
}

function paintCharts(state) {
  const { data, place } = state;
  const at = place.xOf(state.dx);
  state.cursor.setAttribute("x1", at);
  state.cursor.setAttribute("x2", at);
  const isQuick = isStill();
  state.lines.forEach((line) => {
    const isPicked = line.dataset.name === state.picked;
    line.classList.toggle("v-picked", isPicked);
    if (isPicked) line.parentElement.append(line);
  });
  state.spots.forEach((spot) => {
    const row = data.rows.find((one) => one.name === spot.dataset.name);
    spot.setAttribute("transform", `translate(${spot.dataset.x},${place.y(row.right[state.dx + data.reach]).toFixed(1)})`);
    spot.classList.toggle("v-picked", row.name === state.picked);
    spot.classList.toggle("v-dl-slow", !isQuick);
  });
}
