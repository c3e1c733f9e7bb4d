// Sentences between two rows of entities, the true ones above and the model's below, and their scores in linked tables.
// Drag over tokens to mark an entity, click a tag to change that tag alone; the keyboard can do the same.
import { composeSvg, h, mount, pictureButtons, readTones, refit, s, saveSvg } from "./base.js";

const ROWS = ["true.span", "true.tag", "predicted.tag", "predicted.span"];
const Y = { "true.span": 0, "true.tag": 25, word: 41, "predicted.tag": 66, "predicted.span": 85 };
const HIGH = { span: 22, tag: 16, line: 107, gap: 18 };

export default function spans(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add("v-spans");
    fresh.dials = h("div", { class: "v-dials" });
    fresh.palette = h("div", { class: "v-palette", role: "toolbar" });
    fresh.stage = h("div", { class: "v-strips" });
    fresh.tables = h("div", { class: "v-tables" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.dials, fresh.palette, fresh.stage, fresh.tables, fresh.foot);
    fresh.bars = new Map();
    fresh.tool = null;
    wire(fresh);
    refit(fresh, draw);
  });
  const { data } = component;
  const tones = readTones(state.root);
  const signature = JSON.stringify([data.dials, data.strips, data.tables, data.words, tones("--v-paper")]);
  state.data = data;
  state.picked = data.picked;
  if (state.last !== signature) {
    state.last = signature;
    draw(state);
  } else light(state, null);
}

function draw(state) {
  const { data } = state;
  const active = document.activeElement;
  const inside = state.root.contains(active) ? active.dataset : {};
  const types = data.strips[0]?.types ?? [];
  if (state.tool !== "" && !types.includes(state.tool)) state.tool = types[0] ?? null;
  state.width = state.root.clientWidth;
  state.grow = [];
  state.dials.replaceChildren(...data.dials.map((item) => dial(state, item)));
  state.root.classList.toggle("v-tables-first", Boolean(data.isTablesFirst));
  state.palette.hidden = !data.strips.some((strip) => strip.editable);
  state.palette.replaceChildren(...palette(state, types));
  state.stage.replaceChildren(...data.strips.map((strip) => drawStrip(state, strip)));
  state.tables.replaceChildren(...data.tables.map((item) => table(state, item)));
  state.foot.replaceChildren(
    h("span", { class: "v-hint" }, data.words.hint),
    ...(data.strips.length ? [pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.stage, [...state.stage.querySelectorAll("svg")]), data.name, kind))] : []),
  );
  light(state, null);
  if (inside.at) cellNode(state, inside.at)?.focus({ preventScroll: true });
  else if (inside.id) state.root.querySelector(`tr[data-id="${CSS.escape(inside.id)}"], button[data-id="${CSS.escape(inside.id)}"]`)?.focus({ preventScroll: true });
  // Bars start where they stood and move to where they belong.
  requestAnimationFrame(() => requestAnimationFrame(() => state.grow.forEach((go) => go())));
}

// ---- dials and tables -----------------------------------------------------------------------------------------

function bar(state, id, value) {
  const full = Number.isFinite(value) ? value * 100 : 0;
  const fill = h("i", { style: { width: `${state.bars.get(id) ?? 0}%` } });
  state.bars.set(id, full);
  state.grow.push(() => (fill.style.width = `${full}%`));
  return h("span", { class: "v-span-bar", "aria-hidden": "true" }, fill);
}

function dial(state, item) {
  return h(
    "button",
    { type: "button", class: "v-dial", "data-id": item.id, onclick: () => pick(state, item.id) },
    h("b", {}, item.shown),
    h("span", {}, item.label),
    bar(state, `dial ${item.id.split(".")[0]}`, item.value),
  );
}

function table(state, item) {
  const head = h("tr", {}, item.columns.map((c) => h("th", { scope: "col", title: c.title, class: c.number ? "v-num" : "" }, c.text)));
  const rows = item.rows.map((row) => {
    const cells = row.cells.map((text, n) => h("td", { class: item.columns[n].number ? "v-num" : n === 0 || item.name === "pairs" ? "v-name" : "" }, text));
    const last = h("td", { class: "v-num v-last" });
    if (row.bar !== null) last.append(bar(state, `${item.name} ${row.id}`, row.bar));
    last.append(h("b", {}, row.shown));
    if (row.fix !== null && row.fix !== undefined) {
      last.append(h("button", { type: "button", class: "v-fix", title: state.data.words.fixHelp, onclick: (event) => (event.stopPropagation(), send(state, { fix: row.fix })) }, state.data.words.fix));
    }
    if (row.verdict) cells[3].classList.add(`v-${row.verdict}`);
    return h(
      "tr",
      {
        class: `${row.sum ? "v-total" : ""} ${row.chosen ? "v-chosen" : ""}`,
        "data-id": row.id,
        tabindex: 0,
        onclick: () => pick(state, row.id),
        onkeydown: (event) => {
          if (event.target.tagName !== "TR" || (event.key !== "Enter" && event.key !== " ")) return;
          event.preventDefault();
          pick(state, row.id);
        },
      },
      ...cells,
      last,
    );
  });
  return h(
    "div",
    { class: `v-table v-table-${item.name}` },
    h("table", {}, h("caption", {}, item.title), h("thead", {}, head), h("tbody", {}, rows)),
  );
}

function palette(state, types) {
  const { words } = state.data;
  const button = (tool, label, key) =>
    h(
      "button",
      {
        type: "button",
        class: "v-tool",
        "aria-pressed": String(state.tool === tool),
        title: `${words.key} ${key}`,
        onclick: () => take(state, tool),
        "data-tool": tool,
      },
      label,
      h("small", {}, String(key)),
    );
  return [h("span", { class: "v-hint" }, words.mark), ...types.map((type, n) => button(type, type, n + 1)), button("", words.erase, 0)];
}

function take(state, tool) {
  state.tool = tool;
  for (const node of state.palette.querySelectorAll("[data-tool]")) node.setAttribute("aria-pressed", String(node.dataset.tool === tool));
}

// ---- the strip ------------------------------------------------------------------------------------------------

const pen = document.createElement("canvas").getContext("2d");

function measure(state, text, size, weight = 400) {
  pen.font = `${weight} ${size}px ${getComputedStyle(state.root).fontFamily}`;
  return pen.measureText(text).width;
}

const clip = (words, n) => ([...words].length > n ? `${[...words].slice(0, n - 1).join("")}…` : words);
const MARKS = { right: "✓", half: "½", wrong: "✗" };

// Tokens that some span holds together, and a mark with the word before it: [start, end), what a line should not break.
function runs(strip) {
  const joined = new Set(strip.tokens.flatMap((token, i) => (/^[.,;:!?)»”…]$/u.test(token) ? [i] : [])));
  for (const side of ["true", "predicted"]) for (const span of strip.spans[side]) for (let i = span.start + 1; i < span.end; i++) joined.add(i);
  const out = [];
  strip.tokens.forEach((_, i) => (joined.has(i) && out.length ? (out[out.length - 1][1] = i + 1) : out.push([i, i + 1])));
  return out;
}

// Where every token stands: x, width and line. A run goes to the next line whole when it fits there.
function place(state, strip, gutter) {
  const label = (side, i) => {
    const span = strip.spans[side].find((one) => one.start === i);
    return span && span.end - span.start === 1 ? measure(state, `${span.type} ✓`, 11.5, 650) + 16 : 0;
  };
  const widths = strip.tokens.map((token, i) => {
    const tag = Math.max(...["true", "predicted"].map((side) => measure(state, strip.tags[side][i], 11) + (strip.right[i] ? 8 : 22)));
    return Math.max(24, measure(state, clip(token, 20), 16) + 12, tag, label("true", i), label("predicted", i));
  });
  const room = state.width - 2;
  const places = [];
  let x = gutter;
  let line = 0;
  const wrap = (width) => {
    if (x + width <= room || x === gutter) return;
    x = gutter;
    line += 1;
  };
  for (const [start, end] of runs(strip)) {
    const whole = widths.slice(start, end).reduce((sum, width) => sum + width, 0);
    if (gutter + whole <= room) wrap(whole);
    for (let i = start; i < end; i++) {
      wrap(widths[i]);
      places.push({ x, width: widths[i], line });
      x += widths[i];
    }
  }
  return places;
}

function drawStrip(state, strip) {
  const { words } = state.data;
  const names = [words.truth, words.model];
  const gutter = Math.ceil(Math.max(...names.map((name) => measure(state, name, 12)))) + 10;
  const places = place(state, strip, gutter);
  const lines = places.length ? places[places.length - 1].line + 1 : 0;
  const height = lines * (HIGH.line + HIGH.gap) - HIGH.gap + 4;
  const right = Math.max(...places.map((at) => at.x + at.width));
  const svg = s("svg", { width: Math.max(right + 2, gutter), height, class: "v-strip", role: "grid", "aria-label": words.alt });
  const top = (line) => 2 + line * (HIGH.line + HIGH.gap);
  for (let line = 0; line < lines; line++) {
    names.forEach((name, n) => svg.append(s("text", { x: 0, y: top(line) + Y[n ? "predicted.span" : "true.span"] + 15, class: "v-side" }, name)));
  }
  for (const side of ["true", "predicted"]) for (const span of strip.spans[side]) svg.append(...drawSpan(places, span, side, top));
  ROWS.forEach((row, r) => {
    const group = s("g", { role: "row" });
    strip.tokens.forEach((token, i) => group.append(cell(state, strip, row, i, places[i], top(places[i].line), r === 0 && i === 0)));
    svg.append(group);
  });
  strip.tokens.forEach((token, i) => {
    const { x, width, line } = places[i];
    const word = s("text", { x: x + width / 2, y: top(line) + Y.word + 19, "text-anchor": "middle", class: "v-token-word" }, clip(token, 20));
    if (token !== clip(token, 20)) word.append(s("title", {}, token));
    svg.append(word);
  });
  return h("div", { class: "v-figure" }, ...(strip.name ? [h("p", { class: "v-strip-name" }, strip.name)] : []), svg);
}

// A span is one piece a line; an end that goes on in the next line stays open.
function drawSpan(places, span, side, top) {
  const pieces = [];
  for (let i = span.start; i < span.end; i++) {
    const last = pieces[pieces.length - 1];
    if (last && places[i].line === last.line) last.to = places[i].x + places[i].width;
    else pieces.push({ line: places[i].line, from: places[i].x, to: places[i].x + places[i].width });
  }
  return pieces.map((piece, n) => {
    const y = top(piece.line) + Y[`${side}.span`];
    const [a, b, c, d] = [piece.from + 2, piece.to - 2, y + 0.5, y + HIGH.span - 0.5];
    const [isFirst, isLast] = [n === 0, n === pieces.length - 1];
    const r = 6;
    const left = isFirst ? `M${a + r},${d} Q${a},${d} ${a},${d - r} V${c + r} Q${a},${c} ${a + r},${c}` : `M${a - 2},${c}`;
    const edge = isLast ? `H${b - r} Q${b},${c} ${b},${c + r} V${d - r} Q${b},${d} ${b - r},${d}` : `H${b + 2} M${b + 2},${d}`;
    const outline = `${left} ${edge} H${isFirst ? a + r : a - 2}`;
    const verdict = side === "predicted" ? span.verdict : "given";
    const group = s("g", { class: `v-span v-${verdict}`, "data-id": span.id });
    group.append(
      s("rect", { x: a, y: c, width: Math.max(0, b - a), height: d - c, rx: isFirst && isLast ? r : 2, class: "v-span-fill" }),
      s("path", { d: outline, class: "v-span-line", "stroke-dasharray": verdict === "half" ? "5 3" : verdict === "wrong" ? "2 2.5" : null }),
    );
    if (isFirst) {
      const mark = MARKS[verdict] ? ` ${MARKS[verdict]}` : "";
      group.append(s("text", { x: a + 8, y: y + 15, class: "v-span-type" }, `${span.type}${mark}`));
    }
    return group;
  });
}

function cell(state, strip, row, i, { x, width }, top, isHome) {
  const { words } = state.data;
  const [side, kind] = row.split(".");
  const at = `${row}.${i}`;
  const tag = strip.tags[side][i];
  const name = side === "true" ? words.truth : words.model;
  const group = s("g", { class: `v-slot v-slot-${kind}`, "data-at": strip.editable ? at : null, role: "gridcell", tabindex: strip.editable ? (isHome ? 0 : -1) : null, "aria-label": `${name}, ${strip.tokens[i]}: ${tag}` });
  group.append(s("rect", { x: x + 1, y: top + Y[row], width: width - 2, height: HIGH[kind], rx: 5, class: "v-hit" }));
  if (kind === "span") {
    if (strip.editable && tag === "O") group.append(s("line", { x1: x + 5, x2: x + width - 5, y1: top + Y[row] + 11, y2: top + Y[row] + 11, class: "v-free", "stroke-dasharray": "1 4" }));
    return group;
  }
  const isWrong = side === "predicted" && !strip.right[i];
  const isBroken = strip.broken?.[side].includes(i);
  const text = s("text", { x: x + width / 2, y: top + Y[row] + 12, "text-anchor": "middle", class: `v-tag${tag === "O" && !isWrong ? " v-outside" : ""}${isWrong ? " v-off" : ""}` }, `${isWrong ? "✗ " : ""}${tag}`);
  group.append(text);
  if (isBroken) group.append(s("rect", { x: x + 3, y: top + Y[row], width: width - 6, height: HIGH.tag - 1, rx: 4, class: "v-broken", "stroke-dasharray": "3 2" }), s("title", {}, words.broken));
  return group;
}

// ---- what the reader does -------------------------------------------------------------------------------------

const cellNode = (state, at) => state.stage.querySelector(`[data-at="${CSS.escape(at)}"]`);
const send = (state, change) => state.component.setTriggerValue("edit", change);

function pick(state, id) {
  state.picked = id;
  light(state, null);
  state.component.setTriggerValue("select", id);
}

function parse(at) {
  const [side, kind, i] = at.split(".");
  return { side, kind, i: Number(i) };
}

const spanAt = (state, side, i) => state.data.strips[0].spans[side].find((span) => span.start <= i && i < span.end);

function select(state, drag) {
  state.drag = drag;
  const [low, high] = drag ? [Math.min(drag.from, drag.to), Math.max(drag.from, drag.to)] : [1, 0];
  for (const node of state.stage.querySelectorAll(".v-slot-span")) {
    const here = node.dataset.at ? parse(node.dataset.at) : null;
    node.classList.toggle("v-selected", Boolean(here && drag && here.side === drag.side && here.i >= low && here.i <= high));
  }
}

function mark(state, side, from, to, type) {
  send(state, { side, start: Math.min(from, to), end: Math.max(from, to) + 1, type });
}

function turn(state, side, i) {
  const own = state.data.strips[0].tags[side][i].split("-").slice(1).join("-");
  send(state, { side, at: i, type: state.tool || own || state.data.strips[0].types[0] });
}

function wire(state) {
  const { stage } = state;
  const at = (target) => target?.closest?.("[data-at]")?.dataset.at;
  stage.addEventListener("pointerdown", (event) => {
    if (event.button || !at(event.target)) return;
    const { side, kind, i } = parse(at(event.target));
    if (kind !== "span") return;
    if (event.target.hasPointerCapture?.(event.pointerId)) event.target.releasePointerCapture(event.pointerId);
    select(state, { side, from: i, to: i });
  });
  window.addEventListener("pointermove", (event) => {
    if (!state.drag || !event.buttons) return;
    const found = at(document.elementFromPoint(event.clientX, event.clientY));
    if (!found) return;
    const { side, kind, i } = parse(found);
    if (kind === "span" && side === state.drag.side && i !== state.drag.to) select(state, { ...state.drag, to: i });
  });
  window.addEventListener("pointerup", () => {
    const drag = state.drag;
    if (!drag || drag.isKept) return;
    select(state, null);
    const span = spanAt(state, drag.side, drag.from);
    if (drag.from !== drag.to) mark(state, drag.side, drag.from, drag.to, state.tool);
    else if (span && state.tool === "") mark(state, drag.side, span.start, span.end - 1, "");
    else if (span) pick(state, span.id);
    else if (state.tool) mark(state, drag.side, drag.from, drag.from, state.tool);
  });
  window.addEventListener("pointercancel", () => select(state, null));
  stage.addEventListener("dblclick", (event) => {
    if (!at(event.target)) return;
    const { side, kind, i } = parse(at(event.target));
    const span = spanAt(state, side, i);
    if (kind === "span" && span && state.tool) mark(state, side, span.start, span.end - 1, state.tool);
  });
  stage.addEventListener("click", (event) => {
    if (!at(event.target)) return;
    const { side, kind, i } = parse(at(event.target));
    if (kind === "tag") turn(state, side, i);
  });
  stage.addEventListener("keydown", (event) => keys(state, event, at(event.target)));
  state.root.addEventListener("pointerover", (event) => light(state, hovered(state, event)));
  state.root.addEventListener("pointerleave", () => light(state, null));
}

function hovered(state, event) {
  const row = event.target.closest?.("[data-id]")?.dataset.id;
  if (row) return row;
  const cell = event.target.closest?.("[data-at]")?.dataset.at;
  if (!cell) return null;
  const { side, i } = parse(cell);
  return spanAt(state, side, i)?.id ?? null;
}

function keys(state, event, at) {
  if (!at || event.ctrlKey || event.metaKey || event.altKey) return;
  const { side, kind, i } = parse(at);
  const strip = state.data.strips[0];
  const row = ROWS.indexOf(`${side}.${kind}`);
  const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
  const span = spanAt(state, side, i);
  const drag = state.drag?.side === side && kind === "span" ? state.drag : null;
  const number = /^\d$/.test(event.key) ? Number(event.key) : null;
  const erases = ["Delete", "Backspace"].includes(event.key) || number === 0;
  if (by) {
    const next = cellNode(state, `${ROWS[row + by[0]] ?? ""}.${i + by[1]}`);
    if (next) {
      if (event.shiftKey && by[1] && kind === "span") select(state, { side, from: drag?.from ?? i, to: i + by[1], isKept: true });
      else select(state, null);
      for (const node of state.stage.querySelectorAll('[data-at][tabindex="0"]')) node.setAttribute("tabindex", -1);
      next.setAttribute("tabindex", 0);
      next.focus();
    }
  } else if (event.key === "Escape") select(state, null);
  else if (erases || (number !== null && number <= strip.types.length)) {
    const type = erases ? "" : strip.types[number - 1];
    if (!erases) take(state, type);
    select(state, null);
    if (drag) mark(state, side, drag.from, drag.to, type);
    else if (span && kind === "span") mark(state, side, span.start, span.end - 1, type);
    else mark(state, side, i, i, type);
  } else if (event.key === "Enter" || event.key === " ") {
    select(state, null);
    if (kind === "tag") turn(state, side, i);
    else if (drag) mark(state, side, drag.from, drag.to, state.tool);
    else if (span) pick(state, span.id);
    else if (state.tool) mark(state, side, i, i, state.tool);
  } else return;
  event.preventDefault();
}

// What is picked stays framed; what is under the pointer is lit wherever it appears.
function light(state, id) {
  for (const node of state.root.querySelectorAll("[data-id]")) {
    node.classList.toggle("v-lit", id !== null && node.dataset.id === id);
    node.classList.toggle("v-picked", node.dataset.id === state.picked);
    if (node.tagName === "TR") node.setAttribute("aria-selected", node.dataset.id === state.picked);
  }
}
