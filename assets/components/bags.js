// Bags of terms: matrices that share their columns and say what each number is made of (part "matrices"), and the
// documents in the order found, every word shaded by its weight, every score cut into its terms (part "found").
import { composeSvg, h, hear, later, mount, pictureButtons, player, s, saveSvg, say } from "./base.js";

const CELL = { narrowest: 29, widest: 40, h: 24, gap: 2, title: 22, gutter: 30, between: 26 };
const TOPIC = "bag";

export default function bags(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add(component.data.part === "found" ? "v-found-bags" : "v-bags");
    fresh.rows = new Map();
    hear(TOPIC, (term) => lightTerm(fresh, term));
  });
  const { data } = component;
  const signature = JSON.stringify(data);
  if (state.last === signature) return;
  state.last = signature;
  state.data = data;
  state.selected = data.selected;
  const focus = state.root.contains(document.activeElement) ? document.activeElement.dataset.cell : null;
  if (data.part === "found") found(state);
  else matrices(state);
  if (focus) state.root.querySelector(`[data-cell="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
}

// The same term everywhere, also in the other component.
function lightTerm(state, term) {
  for (const node of state.root.querySelectorAll("[data-term]")) node.classList.toggle("v-same-term", Boolean(term) && node.dataset.term === term);
}

// ---- matrices -------------------------------------------------------------------------------------------------

function matrices(state) {
  const { data } = state;
  if (!state.stage) {
    state.stage = h("div", { class: "v-bag-panels", role: "group" });
    state.foot = h("div", { class: "v-foot" });
    state.root.append(state.stage, state.foot);
    wire(state);
    new ResizeObserver(() => state.data && cellWidth(state) !== state.w && draw(state)).observe(state.root);
  }
  state.panels = new Map(data.panels.map((panel) => [panel.id, panel]));
  state.stage.setAttribute("aria-label", data.words.alt);
  draw(state);
  const signature = JSON.stringify([data.steps, data.words]);
  if (state.footFor !== signature) {
    state.footFor = signature;
    state.player?.pause();
    state.player = player({
      names: data.steps,
      words: data.words,
      ms: 1300,
      show: (step) => reveal(state, step),
      settled: (step) => state.component.setTriggerValue("step", step),
    });
    state.foot.replaceChildren(
      state.player.node,
      h("span", { class: "v-hint" }, data.words.hint),
      pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.stage, [...state.stage.querySelectorAll("svg")]), state.data.name, kind)),
    );
    state.player.go(data.step, { quiet: true });
  } else if (!state.player.playing()) state.player.go(data.step, { quiet: true });
}

// Two panels in a line where they fit, else one that uses the line.
function cellWidth(state) {
  const { narrowest, widest, gap, gutter, between } = CELL;
  const n = Math.max(...state.data.panels.filter((panel) => panel.id !== "cos").map((panel) => panel.cols.length));
  const fit = (width) => Math.floor((width - gutter) / n) - gap;
  const half = fit((state.root.clientWidth - between) / 2);
  return Math.max(narrowest, Math.min(widest, half >= narrowest ? half : fit(state.root.clientWidth)));
}

function draw(state) {
  const { data } = state;
  state.w = cellWidth(state);
  const longest = Math.max(1, ...data.panels.flatMap((panel) => panel.cols.map((col) => [...col.name].length)));
  // Names of a few letters stand upright; longer ones are slanted. All panels have heads of one height: rows stay level.
  state.isSlanted = longest > 3;
  state.head = state.isSlanted ? Math.min(86, 14 + Math.min(longest, 14) * 5) : 18;
  state.stage.replaceChildren(...data.panels.map((panel) => drawPanel(state, panel)), ...(data.note ? [h("p", { class: "v-hint" }, data.note)] : []));
  if (state.player) reveal(state, state.player.index());
  light(state, state.selected);
}

function drawPanel(state, panel) {
  const { h: ch, gap, title, gutter } = CELL;
  const { w, head } = state;
  const isSlanted = state.isSlanted && panel.id !== "cos";
  // A slanted name reaches beyond its column.
  const reach = isSlanted ? Math.min(70, Math.max(0, [...panel.cols.at(-1).name].length * 5.4 - w / 2)) : 0;
  const width = gutter + panel.cols.length * (w + gap) + reach;
  const height = title + head + panel.rows.length * (ch + gap);
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "grid", "aria-label": panel.title });
  svg.append(s("text", { x: 0, y: 13, class: "v-title" }, panel.title));
  panel.cols.forEach((col, n) => {
    const x = gutter + n * (w + gap) + w / 2;
    const y = title + head - 5;
    svg.append(
      s("text", { x, y, class: "v-label v-bag-term", "data-term": panel.id === "cos" ? null : col.name, "text-anchor": isSlanted ? "start" : "middle", transform: isSlanted ? `rotate(-42 ${x} ${y})` : null }, clip(col.name, 14)),
    );
  });
  panel.rows.forEach((row, i) => {
    const top = title + head + i * (ch + gap);
    const line = s("g", { role: "row" });
    line.append(s("text", { x: gutter - 6, y: top + ch / 2 + 4.5, class: "v-label", "text-anchor": "end" }, s("title", {}, row.hint), row.name));
    panel.cols.forEach((col, n) => {
      const id = `${panel.id}.${row.i}.${col.j}`;
      const shade = panel.shade[i][n];
      const x = gutter + n * (w + gap);
      line.append(
        s(
          "g",
          {
            class: `v-cell${panel.text[i][n] === "0" ? " v-bag-zero" : ""}`,
            "data-cell": id,
            "data-term": panel.id === "cos" ? null : col.name,
            tabindex: id === state.data.selected || (i === 0 && n === 0) ? 0 : -1,
            role: "gridcell",
            "aria-label": `${panel.title}, ${row.name} · ${col.name}: ${panel.text[i][n]}`,
          },
          s("rect", { x, y: top, width: w, height: ch, rx: 4, style: `fill:color-mix(in srgb, var(--v-${panel.role}) ${Math.round(shade * 62)}%, var(--v-paper))` }),
          s("text", { x: x + w / 2, y: top + ch / 2 + 4.5, "text-anchor": "middle", class: `v-bag-number${shade > 0.7 ? " v-on-dark" : ""}` }, panel.text[i][n]),
        ),
      );
    });
    svg.append(line);
  });
  // Columns stay under each other: what is scrolled in one panel is scrolled in all.
  const follow = (event) => {
    for (const other of state.stage.querySelectorAll(".v-figure")) other.scrollLeft = event.target.scrollLeft;
  };
  return h("div", { class: "v-figure", "data-step": panel.step, style: { marginRight: `-${reach}px` }, onscroll: follow }, svg);
}

const clip = (words, n) => ([...words].length > n ? `${[...words].slice(0, n - 1).join("")}…` : words);

function reveal(state, step) {
  for (const node of state.stage.querySelectorAll("[data-step]")) {
    const at = Number(node.dataset.step);
    node.classList.toggle("v-later", at > step);
    node.classList.toggle("v-now", at === step && step > 0);
  }
}

// The cells a number is made of, to any depth; what adds nothing to a sum is left out.
function sources(state, cell) {
  const found = new Set();
  const queue = [cell];
  while (queue.length) {
    const [id, i, j] = split(queue.pop());
    const links = (state.panels.get(id)?.links ?? []).filter(([other, , , only]) => state.panels.has(other) && (only === null || only === i));
    for (const [other, rows, cols] of links) {
      const target = state.panels.get(other);
      const isZero = (r, n) => target.text[r][n] === "0";
      target.rows.forEach((row, r) => {
        const isRow = rows === "documents" ? row.i < state.data.documents : row.i === ({ i, j }[rows] ?? rows);
        if (!isRow) return;
        target.cols.forEach((col, n) => {
          // A cosine is made of what both rows have.
          const adds = !(id === "cos" ? isZero(i, n) || isZero(j, n) : isZero(r, n));
          const key = `${other}.${row.i}.${col.j}`;
          if ((cols === "*" ? adds : col.j === j) && !found.has(key)) {
            found.add(key);
            queue.push(key);
          }
        });
      });
    }
  }
  return found;
}

function split(cell) {
  const [panel, i, j] = cell.split(".");
  return [panel, Number(i), Number(j)];
}

function light(state, cell) {
  const from = cell ? sources(state, cell) : new Set();
  for (const node of state.stage.querySelectorAll("[data-cell]")) {
    node.classList.toggle("v-picked", node.dataset.cell === state.selected);
    node.classList.toggle("v-hover", node.dataset.cell === cell && cell !== state.selected);
    node.classList.toggle("v-source", from.has(node.dataset.cell));
    node.setAttribute("aria-selected", node.dataset.cell === state.selected);
  }
}

function wire(state) {
  const at = (event) => event.target.closest?.("[data-cell]");
  const settle = later(60, (cell) => state.component.setTriggerValue("pick", cell));
  const pick = (cell) => {
    state.selected = cell;
    light(state, cell);
    settle(cell);
  };
  state.stage.addEventListener("click", (event) => at(event) && pick(at(event).dataset.cell));
  state.stage.addEventListener("pointerover", (event) => {
    light(state, at(event)?.dataset.cell ?? state.selected);
    say(TOPIC, event.target.closest?.("[data-term]")?.dataset.term ?? "");
  });
  state.stage.addEventListener("pointerleave", () => {
    light(state, state.selected);
    say(TOPIC, "");
  });
  state.stage.addEventListener("keydown", (event) => {
    const node = at(event);
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!node || (!by && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    if (!by) return pick(node.dataset.cell);
    const [id, i, j] = split(node.dataset.cell);
    const panel = state.panels.get(id);
    // Columns are named by their place in the whole vocabulary, of which some may not be drawn.
    const next = panel.cols[panel.cols.findIndex((col) => col.j === j) + by[1]];
    const there = next && state.stage.querySelector(`[data-cell="${id}.${i + by[0]}.${next.j}"]`);
    if (there) {
      there.focus();
      pick(there.dataset.cell);
    }
  });
}

// ---- the documents in the order found ---------------------------------------------------------------------------

function found(state) {
  const { data } = state;
  const before = new Map([...state.rows].map(([doc, node]) => [doc, node.getBoundingClientRect().top]));
  state.rows.clear();
  const rows = data.rows.map((row) => {
    const node = document_(state, row);
    state.rows.set(row.doc, node);
    return node;
  });
  const asked = data.query.length ? h("div", { class: "v-bag-query" }, h("span", { class: "v-bag-name" }, "q"), h("p", { class: "v-bag-text" }, data.query.map((piece) => word(state, piece)))) : null;
  state.root.replaceChildren(...[asked, h("div", { class: "v-bag-docs", role: "group", "aria-label": data.words.alt }, rows), h("p", { class: "v-hint" }, data.words.hint)].filter(Boolean));
  if (!before.size || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const [doc, node] of state.rows) {
    const by = before.has(doc) ? before.get(doc) - node.getBoundingClientRect().top : 0;
    if (Math.abs(by) > 2) node.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], { duration: 420, easing: "cubic-bezier(.3, .7, .3, 1)" });
  }
}

function document_(state, row) {
  const { data } = state;
  const pick = (cell) => state.component.setTriggerValue("pick", cell);
  const bar = h(
    "button",
    { type: "button", class: `v-bag-score${row.id === data.selected ? " v-picked" : ""}`, "data-cell": row.id, "aria-pressed": String(row.id === data.selected), "aria-label": `cos(q, ${row.name}) = ${row.shown}`, onclick: () => pick(row.id) },
    h(
      "span",
      { class: "v-bag-bar" },
      row.segments.map((part) =>
        h(
          "i",
          { style: { width: `${part.share * 100}%` }, "data-term": part.term, title: `${part.term}: ${part.shown}`, onpointerenter: () => say(TOPIC, part.term), onpointerleave: () => say(TOPIC, "") },
          part.term,
        ),
      ),
    ),
    h("b", {}, row.shown),
  );
  return h(
    "div",
    { class: "v-bag-doc" },
    h("span", { class: "v-bag-name" }, row.name),
    h("p", { class: "v-bag-text" }, row.pieces.map((piece) => word(state, piece))),
    row.id ? bar : null,
  );
}

function word(state, piece) {
  if (piece.is_unknown) return h("s", { title: state.data.words.unknown }, piece.text);
  if (!piece.id) return h("span", {}, piece.text);
  return h(
    "span",
    {
      class: `v-bag-word${piece.is_asked ? " v-asked" : ""}${piece.id === state.data.selected ? " v-picked" : ""}`,
      "data-term": piece.term,
      title: `${piece.term}: ${piece.weight}`,
      style: `--v-share:${Math.round(piece.share * 55)}%`,
      onclick: () => state.component.setTriggerValue("pick", piece.id),
      onpointerenter: () => say(TOPIC, piece.term),
      onpointerleave: () => say(TOPIC, ""),
    },
    piece.text,
  );
}
