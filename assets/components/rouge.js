// ROUGE on one grid: a row a word of the reference, a column a word of the summary. Four measures, the two texts and
// the grid are linked: hover a word or a cell and it lights everywhere; click it for its arithmetic.
import { composeSvg, h, mount, pictureButtons, player, refit, s, saveSvg } from "./base.js";

export default function rouge(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add("v-rouge");
    fresh.side = h("div", { class: "v-rg-side" });
    fresh.stage = h("div", { class: "v-rg-stage" });
    fresh.foot = h("div", { class: "v-foot v-rg-foot" });
    fresh.root.append(fresh.side, h("div", { class: "v-rg-main" }, fresh.stage, fresh.foot));
    fresh.hover = null;
    wire(fresh);
    refit(fresh, drawGrid, fresh.stage);
  });
  const { data } = component;
  const { picked, step, ...rest } = data;
  const signature = JSON.stringify(rest);
  state.data = data;
  state.picked = picked;
  if (state.last !== signature) {
    state.last = signature;
    state.hover = null;
    drawSide(state);
    drawGrid(state);
    drawFoot(state);
  }
  light(state);
}

// ---- scores and texts -----------------------------------------------------------------------------------------

function drawSide(state) {
  const { data } = state;
  const focus = state.side.contains(document.activeElement) ? document.activeElement.dataset.at : null;
  state.side.replaceChildren(scores(data), text(data, "H", data.summary, data.words.summary), text(data, "R", data.reference, data.words.reference), legend(data.words));
  if (focus) state.side.querySelector(`[data-at="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
}

function scores({ scores: table, grid, words }) {
  const head = h("div", { class: "v-rg-row v-rg-head" }, h("span", {}, ""), ...table.parts.map((part) => h("span", {}, part)));
  const rows = table.measures.map((measure, i) =>
    h(
      "div",
      { class: `v-rg-row${measure === grid.measure ? " v-rg-chosen" : ""}`, role: "row" },
      h("button", { type: "button", class: "v-rg-name", "data-measure": measure, "aria-pressed": String(measure === grid.measure) }, `ROUGE-${measure}`),
      ...table.values[i].map((value, j) =>
        h(
          "button",
          {
            type: "button",
            class: "v-rg-score",
            "data-at": `S.${i}.${j}`,
            "aria-label": `${table.parts[j]}, ROUGE-${measure}: ${value.toFixed(3)}`,
            style: `--v-share:${(value * 100).toFixed(1)}%`,
          },
          value.toFixed(3),
        ),
      ),
    ),
  );
  return h("div", { class: "v-rg-scores", role: "table", "aria-label": words.scores }, head, ...rows);
}

function text(data, panel, pieces, title) {
  const largest = Math.max(1e-9, ...pieces.map((piece) => Math.abs(piece.worth ?? 0)));
  const lines = [];
  for (const piece of pieces) {
    lines[piece.line] ??= h("p", { class: "v-rg-line" });
    lines[piece.line].append(piece.at < 0 ? h("s", { class: "v-rg-dropped", title: data.words.dropped }, piece.shown) : word(data, panel, piece, largest), " ");
  }
  return h("div", { class: "v-rg-text", role: "group", "aria-label": title }, h("h4", {}, title), ...lines.filter(Boolean), pieces.length ? null : h("p", { class: "v-rg-line v-hint" }, data.words.empty));
}

function word(data, panel, piece, largest) {
  const at = panel === "H" ? `H.0.${piece.at}` : `R.${piece.at}.0`;
  const worth = piece.worth;
  const bar =
    worth === undefined || worth === 0
      ? null
      : h("i", { class: worth > 0 ? "v-rg-up" : "v-rg-down", style: { opacity: String(0.35 + 0.65 * (Math.abs(worth) / largest)) } });
  const effect = worth === undefined ? "" : ` · ${data.words.without} ${worth > 0 ? "−" : worth < 0 ? "+" : "±"}${Math.abs(worth).toFixed(3)}`;
  return h("button", { type: "button", class: `v-rg-word${piece.counted ? " v-rg-counted" : ""}`, "data-at": at, title: `${piece.typed}${effect}` }, h("span", {}, piece.shown), bar);
}

function legend(words) {
  const item = (mark, told) => h("span", {}, mark, told);
  return h(
    "p",
    { class: "v-rg-legend" },
    item(h("b", { class: "v-rg-word v-rg-counted" }, words.sample), words.counted),
    item(h("i", { class: "v-rg-up" }), words.up),
    item(h("i", { class: "v-rg-down" }), words.down),
  );
}

// ---- the grid -------------------------------------------------------------------------------------------------

function drawGrid(state) {
  const { grid, words } = state.data;
  const focused = state.stage.contains(document.activeElement);
  state.width = state.stage.clientWidth;
  state.stage.replaceChildren(
    h("h4", {}, words.title),
    grid.rows.length && grid.cols.length ? h("div", { class: "v-figure" }, picture(state, state.width)) : h("p", { class: "v-hint" }, words.nothing),
  );
  if (focused) state.stage.querySelector(".v-picked")?.focus({ preventScroll: true });
  reveal(state, state.player?.index() ?? state.data.step);
  light(state);
}

const clip = (name, n) => ([...name].length > n ? `${[...name].slice(0, n - 1).join("")}…` : name);
const widest = (names) => Math.min(12, Math.max(1, ...names.map((name) => [...name].length)));

function picture(state, room) {
  const { grid, words } = state.data;
  const { rows, cols } = grid;
  const margin = grid.measure === "L" ? 1 : 0;
  const gutter = 14 + widest(rows) * 7.2;
  const slant = widest(cols) * 4.6;
  const w = Math.max(15, Math.min(40, (room - gutter - slant - 4) / (cols.length + margin)));
  const ch = Math.max(15, Math.min(26, w));
  const top = 22 + widest(cols) * 5.4;
  const x = (j) => gutter + (j + margin) * w;
  const y = (i) => top + (i + margin) * ch;
  const cx = (j) => x(j) + (w - 2) / 2;
  const cy = (i) => y(i) + (ch - 2) / 2;
  const svg = s("svg", { width: x(cols.length) + slant, height: y(rows.length) + 6, class: "v-panel v-rg-grid", role: "grid", "aria-label": words.grid });

  svg.append(s("text", { x: 0, y: 12, class: "v-label v-rg-axis" }, words.corner));
  cols.forEach((name, j) => {
    const [tx, ty] = [cx(j), y(-margin) - 6];
    svg.append(s("text", { x: tx, y: ty, class: "v-label", "data-col": j, transform: `rotate(-40 ${tx} ${ty})` }, clip(name, 12)));
  });
  rows.forEach((name, i) => svg.append(s("text", { x: x(-margin) - 7, y: cy(i) + 4.5, class: "v-label", "data-row": i, "text-anchor": "end" }, clip(name, 12))));

  const font = w >= 26 ? 13 : w >= 20 ? 11.5 : 9.5;
  const value = new Map(grid.cells.map(([i, j, n, k]) => [`${i}.${j}`, [n, k]]));
  const most = Math.max(1, ...grid.cells.map((cell) => cell[2]));
  const counted = new Set(grid.matches.filter((m) => m[2]).map(([i, j]) => `${i}.${j}`));
  const equal = new Map(grid.matches.map(([i, j, is, k]) => [`${i}.${j}`, [is, k]]));
  if (margin) {
    for (let j = -1; j < cols.length; j++) svg.append(zero(cx(j), cy(-1), font));
    for (let i = 0; i < rows.length; i++) svg.append(zero(cx(-1), cy(i), font));
  }
  // Three layers, so that the path runs over the cells and under their numbers.
  const numbers = s("g", { class: "v-rg-numbers" });
  rows.forEach((row, i) => {
    const line = s("g", { role: "row" });
    cols.forEach((col, j) => {
      const key = `${i}.${j}`;
      const [n, k] = value.get(key) ?? [null, null];
      const told = n === null ? `${row} · ${col}` : `${row} · ${col}: L = ${n}`;
      const cell = s("g", { class: "v-cell v-rg-cell", "data-cell": key, "data-fill": k, role: "gridcell", tabindex: -1, "aria-label": told });
      cell.append(s("rect", { x: x(j), y: y(i), width: w - 2, height: ch - 2, rx: 4, style: n ? `fill:color-mix(in srgb, var(--v-probability) ${(4 + 30 * (n / most)).toFixed(0)}%, var(--v-paper))` : null }));
      if (grid.n === 1 && equal.has(key)) {
        const [is, order] = equal.get(key);
        cell.append(s("rect", { x: x(j), y: y(i), width: w - 2, height: ch - 2, rx: 4, class: is ? "v-rg-hit" : "v-rg-spare", "data-match": order }));
      }
      if (n !== null) numbers.append(s("text", { x: cx(j), y: cy(i) + font * 0.36, "text-anchor": "middle", class: "v-number", "data-fill": k, "data-over": counted.has(key) ? key : null, style: { fontSize: `${font}px` } }, String(n)));
      cell.append(s("title", {}, told));
      line.append(cell);
    });
    svg.append(line);
  });
  // A pair of neighbours lies on two cells along the diagonal.
  if (grid.n === 2)
    for (const [i, j, is, k] of grid.matches)
      svg.append(s("line", { x1: cx(j), y1: cy(i), x2: cx(j + 1), y2: cy(i + 1), class: is ? "v-rg-pair" : "v-rg-pair v-rg-spare-pair", "data-match": k, "stroke-width": Math.max(7, ch * 0.55) }));
  for (const k of grid.row_breaks) svg.append(s("line", { x1: x(0) - 4, x2: x(cols.length), y1: y(k) - 1, y2: y(k) - 1, class: "v-rg-break" }));
  for (const k of grid.col_breaks) svg.append(s("line", { x1: x(k) - 1, x2: x(k) - 1, y1: y(0) - 4, y2: y(rows.length), class: "v-rg-break" }));
  const path = s("g", { class: "v-rg-path" });
  grid.path.forEach(([i, j], k) => {
    const before = grid.path[k - 1];
    // One block's path does not continue another's: only neighbours are joined.
    if (before && Math.abs(before[0] - i) <= 1 && Math.abs(before[1] - j) <= 1 && before[0] >= i && before[1] >= j)
      path.append(s("line", { x1: cx(before[1]), y1: cy(before[0]), x2: cx(j), y2: cy(i), "data-path": k }));
  });
  svg.append(path, numbers);
  return svg;
}

const zero = (x, y, font) => s("text", { x, y: y + font * 0.36, class: "v-number v-rg-zero", "text-anchor": "middle", style: { fontSize: `${font}px` } }, "0");

// ---- play -----------------------------------------------------------------------------------------------------

function drawFoot(state) {
  const { grid, words, step } = state.data;
  const names = grid.steps.map((item) => item[0]);
  state.player?.pause();
  state.player =
    names.length > 1
      ? player({
          names,
          words,
          ms: Math.max(45, Math.min(700, 9000 / names.length)),
          show: (at) => reveal(state, at),
          settled: (at) => state.component.setTriggerValue("step", at),
        })
      : null;
  state.foot.replaceChildren(
    ...(state.player ? [state.player.node] : []),
    h("span", { class: "v-hint" }, grid.is_cut ? `${words.cut} ${words.hint}` : words.hint),
    pictureButtons(words, (kind) => saveSvg(composeSvg(state.stage, [...state.stage.querySelectorAll("svg")]), state.data.name, kind)),
  );
  state.player?.go(Math.min(step, names.length - 1), { quiet: true });
}

function reveal(state, step) {
  const { grid } = state.data;
  const [, cells, path, matches] = grid.steps[Math.min(step, grid.steps.length - 1)] ?? ["", 0, 0, 0];
  const isLcs = grid.cells.length > 0;
  for (const node of state.stage.querySelectorAll("[data-fill]")) {
    const k = Number(node.dataset.fill);
    node.classList.toggle("v-rg-later", k >= cells);
    node.classList.toggle("v-rg-now", k === cells - 1 && path === 0);
  }
  for (const node of state.stage.querySelectorAll("[data-path]")) node.classList.toggle("v-rg-later", Number(node.dataset.path) >= path);
  // On a path the matches come with it: from the last word taken back to the first.
  const taken = isLcs && grid.measure === "L" ? new Set(grid.path.slice(0, path).map(([i, j]) => `${i}.${j}`)) : null;
  const isDone = step >= grid.steps.length - 1;
  for (const node of state.stage.querySelectorAll("[data-match]")) {
    const isShown = taken ? node.classList.contains("v-rg-spare") ? isDone : taken.has(node.parentNode.dataset.cell) : isLcs ? matches > 0 : Number(node.dataset.match) < matches;
    node.classList.toggle("v-rg-later", !isShown);
    state.stage.querySelector(`[data-over="${node.parentNode.dataset.cell}"]`)?.classList.toggle("v-strong", isShown);
  }
}

// ---- linking --------------------------------------------------------------------------------------------------

// A word of the summary is a column, a word of the reference a row, a cell is both.
function place(node) {
  const cell = node?.closest?.("[data-cell]");
  if (cell) {
    const [i, j] = cell.dataset.cell.split(".").map(Number);
    return { i, j, at: `G.${i}.${j}` };
  }
  const item = node?.closest?.("[data-at]");
  if (!item) return null;
  const [panel, i, j] = item.dataset.at.split(".");
  return { i: panel === "R" ? Number(i) : null, j: panel === "H" ? Number(j) : null, at: item.dataset.at };
}

function light(state) {
  const [panel, row, col] = (state.picked ?? "").split(".");
  const picked = { i: "GR".includes(panel) ? Number(row) : null, j: "GH".includes(panel) ? Number(col) : null };
  const { i, j } = state.hover ?? picked;
  for (const node of state.root.querySelectorAll("[data-row]")) node.classList.toggle("v-lit", Number(node.dataset.row) === i);
  for (const node of state.root.querySelectorAll("[data-col]")) node.classList.toggle("v-lit", Number(node.dataset.col) === j);
  for (const node of state.root.querySelectorAll("[data-at]")) {
    node.classList.toggle("v-lit", node.dataset.at === `R.${i}.0` || node.dataset.at === `H.0.${j}`);
    node.classList.toggle("v-picked", node.dataset.at === state.picked);
  }
  for (const node of state.stage.querySelectorAll("[data-cell]")) {
    const [r, c] = node.dataset.cell.split(".").map(Number);
    const isPicked = `G.${r}.${c}` === state.picked;
    node.classList.toggle("v-picked", isPicked);
    node.classList.toggle("v-source", !isPicked && (r === i || c === j) && (i === null || j === null || (r === i && c <= j) || (c === j && r <= i)));
    node.tabIndex = isPicked || (panel !== "G" && r === 0 && c === 0) ? 0 : -1;
  }
}

function wire(state) {
  const { root } = state;
  const pick = (at) => {
    state.picked = at;
    light(state);
    state.component.setTriggerValue("select", at);
  };
  root.addEventListener("pointerover", (event) => {
    const over = place(event.target);
    state.hover = over && !over.at.startsWith("S") ? over : null;
    light(state);
  });
  root.addEventListener("pointerleave", () => {
    state.hover = null;
    light(state);
  });
  root.addEventListener("click", (event) => {
    const measure = event.target.closest?.("[data-measure]");
    if (measure) return state.component.setTriggerValue("measure", measure.dataset.measure);
    const over = place(event.target);
    if (over) pick(over.at);
  });
  root.addEventListener("keydown", (event) => {
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const cell = event.target.closest?.("[data-cell]");
    if (cell && by) {
      const [i, j] = cell.dataset.cell.split(".").map(Number);
      const next = state.stage.querySelector(`[data-cell="${i + by[0]}.${j + by[1]}"]`);
      if (!next) return;
      event.preventDefault();
      pick(`G.${next.dataset.cell}`);
      next.focus();
    } else if (cell && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      pick(`G.${cell.dataset.cell}`);
    }
  });
}
