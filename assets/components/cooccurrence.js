// A window slides over a text and fills the matrix of who stands near whom. Played in the browser; a cell is picked.
import { composeSvg, h, later, mount, pictureButtons, player, s, saveSvg } from "./base.js";

const GAP = 2;

export default function cooccurrence(component) {
  const state = mount(component, (fresh) => {
    fresh.strip = h("div", { class: "v-window-text" });
    fresh.stage = h("div", { class: "v-window-matrix" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.strip, fresh.stage, fresh.foot);
    fresh.settle = later(60, (cell) => fresh.component.setTriggerValue("pick", cell));
    new ResizeObserver(() => fresh.data && Math.abs(fresh.root.clientWidth - fresh.width) > 4 && draw(fresh)).observe(fresh.root);
  });
  const { data } = component;
  const signature = JSON.stringify({ ...data, step: null });
  if (state.last === signature) {
    if (!state.player.playing()) state.player.go(data.step, { quiet: true });
    return;
  }
  state.last = signature;
  state.data = data;
  const isPlaying = state.player?.playing();
  const names = JSON.stringify([data.tokens, data.words]);
  if (state.footFor !== names) {
    state.footFor = names;
    state.player?.pause();
    state.player = player({
      names: [data.words.start, ...data.tokens],
      words: data.words,
      ms: 420,
      show: (t) => at(state, t),
      settled: (t) => state.component.setTriggerValue("step", t),
    });
    state.foot.replaceChildren(
      state.player.node,
      h("span", { class: "v-hint" }, data.words.hint),
      pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.stage, [state.svg]), state.data.name, kind)),
    );
  }
  draw(state);
  if (!isPlaying) state.player.go(data.step, { quiet: true });
}

function draw(state) {
  const { data } = state;
  state.width = state.root.clientWidth;
  const focus = state.root.contains(document.activeElement) ? document.activeElement.dataset.cell : null;
  state.chips = data.tokens.map((token, n) =>
    h("span", { class: `v-window-word${data.ends.includes(n) ? " v-window-end" : ""}` }, h("b", {}, token), h("small", {}, "")),
  );
  state.strip.replaceChildren(...state.chips);
  const size = data.rows.length;
  const gutter = Math.min(120, 14 + 7.6 * Math.max(...data.rows.map((word) => [...clip(word)].length)));
  const cell = Math.max(20, Math.min(58, Math.floor((state.width - gutter * 1.7) / size)));
  const high = Math.min(cell, 34);
  const head = gutter * 0.82 + 8;
  const width = gutter + size * cell + head * 0.85;
  const height = head + size * high;
  const svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "grid", "aria-label": data.alt });
  data.rows.forEach((word, k) => {
    svg.append(
      s("text", { x: gutter - 6, y: head + k * high + high / 2 + 4, "text-anchor": "end", class: "v-label" }, clip(word)),
      s("text", { transform: `translate(${gutter + k * cell + cell / 2},${head - 6}) rotate(-45)`, class: "v-label" }, clip(word)),
    );
  });
  state.cells = new Map();
  data.rows.forEach((row, i) => {
    const line = s("g", { role: "row" });
    data.rows.forEach((col, j) => {
      const id = `${i}.${j}`;
      const left = gutter + j * cell;
      const top = head + i * high;
      const rect = s("rect", { x: left, y: top, width: cell - GAP, height: high - GAP, rx: 3 });
      const number = s("text", { x: left + (cell - GAP) / 2, y: top + high / 2 + 3, "text-anchor": "middle", class: "v-window-number" });
      const node = s(
        "g",
        { class: `v-cell${id === data.picked ? " v-picked" : ""}`, "data-cell": id, role: "gridcell", tabindex: id === data.picked ? 0 : -1 },
        rect,
        number,
      );
      state.cells.set(id, { node, rect, number, name: `${row} · ${col}` });
      line.append(node);
    });
    svg.append(line);
  });
  wire(state, svg);
  state.svg = svg;
  state.isWide = cell >= 28;
  state.stage.replaceChildren(svg);
  at(state, state.player.index());
  if (focus) svg.querySelector(`[data-cell="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
}

function wire(state, svg) {
  const idOf = (event) => event.target.closest?.("[data-cell]")?.dataset.cell;
  svg.addEventListener("click", (event) => idOf(event) && state.settle(idOf(event)));
  svg.addEventListener("keydown", (event) => {
    const id = idOf(event);
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!id) return;
    if (by) {
      const [i, j] = id.split(".").map(Number);
      const next = state.cells.get(`${i + by[0]}.${j + by[1]}`)?.node;
      if (next) {
        next.setAttribute("tabindex", 0);
        next.focus();
        state.settle(next.dataset.cell);
      }
    } else if (event.key === "Enter" || event.key === " ") state.settle(id);
    else return;
    event.preventDefault();
  });
}

// Step t: the window stands on word t, step 0 on none. The last step shows the whole matrix, no window over the text.
function at(state, t) {
  const { data } = state;
  const here = t - 1;
  const sums = new Map();
  const fresh = new Set();
  const near = new Map();
  for (let m = 0; m < data.centre.length && data.centre[m] <= here; m += 1) {
    const id = `${data.at[data.centre[m]]}.${data.at[data.context[m]]}`;
    sums.set(id, (sums.get(id) ?? 0) + data.amount[m]);
    if (data.centre[m] === here) {
      fresh.add(id);
      near.set(data.context[m], data.amount[m]);
    }
  }
  const isMoving = t < data.tokens.length || state.player.playing();
  state.chips.forEach((chip, n) => {
    const isNear = isMoving && near.has(n);
    chip.classList.toggle("v-window-centre", isMoving && n === here);
    chip.style.setProperty("--v-share", isNear ? near.get(n) : 0);
    chip.lastChild.textContent = isNear ? share(near.get(n)) : "";
  });
  for (const [id, { node, rect, number, name }] of state.cells) {
    const value = sums.get(id) ?? 0;
    const strength = value / data.most;
    rect.style.fill = value ? `color-mix(in srgb, var(--v-probability) ${Math.round(8 + 84 * strength)}%, var(--v-paper))` : "var(--v-paper)";
    number.textContent = value && state.isWide ? short(value) : "";
    number.classList.toggle("v-strong", strength > 0.5);
    node.classList.toggle("v-source", isMoving && fresh.has(id));
    node.setAttribute("aria-label", `${name}: ${short(value)}`);
  }
}

const clip = (word) => ([...word].length > 13 ? `${[...word].slice(0, 12).join("")}…` : word);
const share = (v) => (v === 1 ? "1" : `1/${Math.round(1 / v)}`);
const short = (v) => (Math.abs(v - Math.round(v)) < 1e-9 ? String(Math.round(v)) : v.toFixed(v < 10 ? 2 : 1));
