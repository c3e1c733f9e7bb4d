// Linked matrices: pick a cell and see what it is made of; type into the editable ones; play the steps.
import { composeSvg, h, later, mount, pictureButtons, player, readTones, s, saveSvg } from "./base.js";

const CELL = { w: 54, h: 33, gap: 3, title: 24, head: 18 };

export default function board(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-board" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.foot);
    new ResizeObserver(() => fresh.data && isNarrow(fresh) !== fresh.narrow && draw(fresh)).observe(fresh.root);
  });
  const { data } = component;
  const editing = state.root.contains(document.activeElement) && document.activeElement.tagName === "INPUT" && document.activeElement.type === "text";
  if (editing && JSON.stringify(data) === state.last) return;
  state.last = JSON.stringify(data);
  state.data = data;
  draw(state);
}

const isNarrow = (state) => state.root.clientWidth < 560;

function draw(state) {
  const { data, stage, foot } = state;
  state.narrow = isNarrow(state);
  const focus = state.root.contains(document.activeElement) ? document.activeElement.dataset.cell : null;
  state.tones = readTones(state.root);
  drawPanels(state);
  stage.setAttribute("role", "group");
  stage.setAttribute("aria-label", data.board.alt);
  if (!state.wired) wire(state);
  state.selected = data.selected;
  if (focus) stage.querySelector(`[data-cell="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });

  const names = data.board.steps;
  const signature = JSON.stringify([names, data.words]);
  if (state.footFor !== signature) {
    state.footFor = signature;
    state.player?.pause();
    state.player = names.length
      ? player({
          names,
          words: data.words,
          ms: 1100,
          show: (step) => reveal(state, step),
          settled: (step) => state.component.setTriggerValue("step", step),
        })
      : null;
    foot.replaceChildren(
      ...(state.player ? [state.player.node] : []),
      h("span", { class: "v-hint" }, data.words.hint),
      pictureButtons(data.words, (kind) =>
        saveSvg(composeSvg(stage, [...stage.querySelectorAll("svg")]), state.data.name, kind),
      ),
    );
    if (state.player) state.player.go(data.step ?? names.length - 1, { quiet: true });
  } else if (state.player) {
    if (state.player.playing()) reveal(state, state.player.index());
    else state.player.go(data.step ?? names.length - 1, { quiet: true });
  }
  light(state, state.selected);
}

// In a board of the same layout only the panels whose numbers have changed are drawn anew.
function drawPanels(state) {
  const { rows } = state.data.board;
  const ink = getComputedStyle(state.root).color; // the theme's
  const layout = JSON.stringify([ink, state.narrow, rows.map((row) => row.map((item) => [item.kind, item.id ?? item.words, item.step]))]);
  const before = state.layout === layout ? state.drawn : new Map();
  state.panels = new Map();
  state.drawn = new Map();
  const nodes = rows.map((row) =>
    row.map((item, n) => {
      if (item.kind === "arrow") return before.size ? null : drawArrow(item);
      const isNamed = state.narrow || named(row, n);
      const signature = JSON.stringify([item, isNamed]);
      const old = before.get(item.id);
      const node = old?.signature === signature ? old.node : drawPanel(state, item, isNamed);
      if (old && old.node !== node) old.node.replaceWith(node);
      state.panels.set(item.id, item);
      state.drawn.set(item.id, { signature, node });
      return node;
    }),
  );
  if (!before.size) state.stage.replaceChildren(...nodes.map((row) => h("div", { class: "v-row" }, row)));
  state.layout = layout;
}

function drawArrow(item) {
  return h("div", { class: "v-arrow", "data-step": item.step }, h("span", {}, item.words), h("b", { "aria-hidden": "true" }, "→"));
}

// Row labels stand once in a line of panels that share them; where lines break, every panel has its own.
function named(row, n) {
  const before = row.slice(0, n).find((other) => other.kind === "panel");
  return !before || JSON.stringify(before.rows) !== JSON.stringify(row[n].rows);
}

function drawPanel(state, item, isNamed) {
  const { w, h: ch, gap, title, head } = CELL;
  const widest = Math.max(0, ...item.rows.map((r) => r.length));
  const gutter = isNamed && item.rows.some((r) => r) ? Math.min(110, 10 + widest * 7.2) : 0;
  const heads = item.cols.some((c) => c) ? head : 0;
  const width = gutter + item.cols.length * (w + gap);
  const height = title + heads + item.rows.length * (ch + gap);
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, class: "v-panel", role: "grid", "aria-label": item.title });
  svg.append(
    s("circle", { cx: gutter + 5, cy: 9, r: 4.5, fill: `var(--v-${item.role})` }),
    s("text", { x: gutter + 16, y: 13, class: "v-title" }, item.title),
  );
  item.cols.forEach((name, j) => {
    if (heads) svg.append(s("text", { x: gutter + j * (w + gap) + w / 2, y: title + 12, class: "v-label", "text-anchor": "middle" }, clip(name, 8)));
  });
  item.rows.forEach((name, i) => {
    const top = title + heads + i * (ch + gap);
    const line = s("g", { role: "row" });
    if (gutter) line.append(s("text", { x: gutter - 8, y: top + ch / 2 + 4.5, class: "v-label", "text-anchor": "end" }, clip(name, 14)));
    item.cols.forEach((column, j) => {
      const id = `${item.id}.${i}.${j}`;
      const shade = item.shade[i][j];
      const empty = item.empty[i][j];
      const group = s("g", {
        class: `v-cell${empty ? " v-empty" : ""}${item.raw ? " v-editable" : ""}`,
        "data-cell": id,
        role: "gridcell",
        "aria-label": `${item.title}, ${name || i + 1} · ${column || j + 1}: ${item.text[i][j]}`,
      });
      group.append(
        s("rect", { x: gutter + j * (w + gap), y: top, width: w, height: ch, rx: 5, style: `fill:${empty ? "var(--v-cell-empty)" : mixture(item, shade)}` }),
        s("text", { x: gutter + j * (w + gap) + w / 2, y: top + ch / 2 + 5, "text-anchor": "middle", class: !empty && isDark(state, item, shade) ? "v-number v-strong" : "v-number" }, item.text[i][j]),
      );
      line.append(group);
    });
    svg.append(line);
  });
  return h("div", { class: "v-figure", "data-step": item.step }, svg);
}

const roleOf = (item, shade) => (item.scale === "signed" ? (shade < 0 ? "negative" : "positive") : item.role);
const shareOf = (item, shade) => Math.min(1, Math.abs(shade)) * (item.scale === "role" ? 0.78 : 0.96);

function mixture(item, shade) {
  return `color-mix(in srgb, var(--v-${roleOf(item, shade)}) ${Math.round(shareOf(item, shade) * 100)}%, var(--v-cell))`;
}

// Which of the two inks reads better on the cell: relative luminance as WCAG defines it.
function isDark(state, item, shade) {
  const tones = state.tones;
  const over = tones(`--v-${roleOf(item, shade)}`);
  const under = tones("--v-paper");
  const share = shareOf(item, shade);
  const cell = luminance(over.map((c, k) => share * c + (1 - share) * under[k]));
  const contrast = (ink) => (Math.max(cell, ink) + 0.05) / (Math.min(cell, ink) + 0.05);
  return contrast(luminance(tones("--v-paper"))) > contrast(luminance(tones("--v-ink")));
}

function luminance(rgb) {
  const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const clip = (words, n) => ([...words].length > n ? `${[...words].slice(0, n - 1).join("")}…` : words);

function wire(state) {
  state.wired = true;
  const at = (event) => event.target.closest?.("[data-cell]")?.dataset.cell;
  const { stage } = state;
  const settle = later(60, (cell) => state.component.setTriggerValue("select", cell));
  const pick = (cell) => {
    state.selected = cell;
    light(state, cell);
    settle(cell);
  };
  stage.addEventListener("click", (event) => at(event) && pick(at(event)));
  stage.addEventListener("dblclick", (event) => at(event) && edit(state, at(event)));
  stage.addEventListener("pointerover", (event) => light(state, at(event) ?? state.selected));
  stage.addEventListener("pointerleave", () => light(state, state.selected));
  stage.addEventListener("keydown", (event) => {
    const cell = at(event);
    if (!cell || event.target.tagName === "INPUT") return;
    const [panel, i, j] = split(cell);
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (by) {
      const next = stage.querySelector(`[data-cell="${CSS.escape(`${panel}.${i + by[0]}.${j + by[1]}`)}"]`);
      if (next) {
        next.focus();
        pick(next.dataset.cell);
      }
    } else if (event.key === "Enter" || event.key === " ") {
      pick(cell);
      if (event.key === "Enter") edit(state, cell);
    } else if (/^[-\d.,]$/.test(event.key)) edit(state, cell, event.key);
    else return;
    event.preventDefault();
  });
}

function split(cell) {
  const [panel, i, j] = cell.split(".");
  return [panel, Number(i), Number(j)];
}

// The cells a number is made of, to any depth.
function sources(state, cell) {
  const found = new Set();
  const queue = [cell];
  while (queue.length) {
    const [id, i, j] = split(queue.pop());
    for (const [other, rows, cols] of state.panels.get(id)?.links ?? []) {
      const target = state.panels.get(other);
      if (!target) continue;
      const span = (rule, n) => (Array.isArray(rule) ? rule : rule === "i" ? [i] : rule === "j" ? [j] : [...Array(n).keys()]);
      for (const r of span(rows, target.rows.length))
        for (const c of span(cols, target.cols.length)) {
          const key = `${other}.${r}.${c}`;
          if (!found.has(key)) {
            found.add(key);
            queue.push(key);
          }
        }
    }
  }
  return found;
}

function light(state, cell) {
  const from = cell ? sources(state, cell) : new Set();
  for (const node of state.stage.querySelectorAll("[data-cell]")) {
    node.classList.toggle("v-picked", node.dataset.cell === state.selected);
    node.classList.toggle("v-hover", node.dataset.cell === cell && cell !== state.selected);
    node.classList.toggle("v-source", from.has(node.dataset.cell));
    node.setAttribute("aria-selected", node.dataset.cell === state.selected);
    node.setAttribute("tabindex", node.dataset.cell === state.selected || node.dataset.cell.endsWith(".0.0") ? 0 : -1);
  }
}

function reveal(state, step) {
  for (const node of state.stage.querySelectorAll("[data-step]")) {
    const at = Number(node.dataset.step);
    node.classList.toggle("v-later", at > step);
    node.classList.toggle("v-now", at === step && step > 0);
  }
}

function edit(state, cell, first) {
  const [id, i, j] = split(cell);
  const item = state.panels.get(id);
  if (!item?.raw) return;
  const node = state.stage.querySelector(`[data-cell="${CSS.escape(cell)}"]`);
  const box = node.querySelector("rect").getBoundingClientRect();
  const frame = state.root.getBoundingClientRect();
  const input = h("input", {
    type: "text",
    inputmode: "decimal",
    class: "v-edit",
    "aria-label": node.getAttribute("aria-label"),
    style: { left: `${box.left - frame.left}px`, top: `${box.top - frame.top}px`, width: `${box.width}px`, height: `${box.height}px` },
  });
  input.value = first ?? String(item.raw[i][j] ?? "");
  state.root.append(input);
  input.focus();
  if (!first) input.select();
  let done = false;
  const close = (keep) => {
    if (done) return;
    done = true;
    const typed = input.value.trim();
    input.remove();
    node.focus({ preventScroll: true });
    // What was typed goes to the server as it is: the sentence that refuses it is written in one place.
    if (keep && typed !== String(item.raw[i][j])) state.component.setTriggerValue("edit", { cell, typed: typed.slice(0, 40) });
  };
  input.addEventListener("blur", () => close(true));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") close(true);
    if (event.key === "Escape") close(false);
    event.stopPropagation();
  });
}
