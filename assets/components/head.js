// One head, opened: the matrix of its weights, or the same weights as arcs. A row is a distribution over the keys.
// Both are one component mounted twice (data.part), so either can stand anywhere; they hear each other's hovering.
import { composeSvg, h, hear, later, mount, pictureButtons, readTones, refit, s, saveSvg, say } from "./base.js";

export default function head(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-opened" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.foot);
    fresh.hover = null;
    fresh.settle = later(60, (cell) => fresh.component.setTriggerValue("select", cell));
    hear("token", (detail) => {
      if (detail.group !== fresh.data?.group) return;
      fresh.hover = detail.index === null ? null : { i: detail.index, j: detail.key ?? null };
      light(fresh);
    });
    wire(fresh);
    // The cells fill the width there is, so a wider column draws again.
    refit(fresh, draw);
  });
  const { data } = component;
  const tones = readTones(state.root);
  const signature = JSON.stringify([data.weights, data.tokens, data.title, data.part, data.words, tones("--v-paper")]);
  const [i, j] = data.cell.split(".").map(Number);
  state.picked = { i, j };
  state.data = data;
  if (state.last !== signature) {
    state.last = signature;
    const bytes = Uint8Array.from(atob(data.weights), (c) => c.charCodeAt(0));
    state.A = new Float32Array(bytes.buffer);
    draw(state);
  } else light(state);
}

function draw(state) {
  const { data } = state;
  const focused = state.stage.contains(document.activeElement);
  state.width = state.root.clientWidth;
  state.stage.replaceChildren(h("div", { class: "v-figure" }, data.part === "arcs" ? arcs(state) : matrix(state)));
  state.foot.replaceChildren(
    h("span", { class: "v-hint" }, data.words.hint),
    pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.stage, [...state.stage.querySelectorAll("svg")]), data.name, kind)),
  );
  if (focused) cellNode(state, state.picked)?.focus({ preventScroll: true });
  light(state);
}

const at = (state, i, j) => state.A[i * state.data.tokens.length + j];
const cellNode = (state, { i, j }) => state.stage.querySelector(`[data-cell="${i}.${j}"]`);
const clip = (words, n) => ([...words].length > n ? `${[...words].slice(0, n - 1).join("")}…` : words);
const spell = (w) => (w === 0 ? "0" : w < 0.0005 ? w.toExponential(0).replace("-", "−") : w.toFixed(3));

function matrix(state) {
  const { tokens, title } = state.data;
  const n = tokens.length;
  const font = n <= 24 ? 12.5 : n <= 40 ? 11 : 9;
  const longest = Math.min(12, Math.max(...tokens.map((t) => [...t.shown].length)));
  const gutter = 14 + longest * font * 0.56;
  const slant = longest * font * 0.36;
  const w = Math.max(9, Math.min(46, (state.width - gutter - slant - 4) / n));
  const ch = Math.max(11, Math.min(28, w));
  const top = 26 + longest * font * 0.42;
  const svg = s("svg", { width: gutter + n * w + slant + 2, height: top + n * ch + 4, role: "grid", "aria-label": title, class: "v-panel v-heat" });
  svg.append(s("text", { x: 0, y: 13, class: "v-title" }, title));
  tokens.forEach((token, j) => {
    const x = gutter + j * w + w / 2;
    svg.append(s("text", { x, y: top - 5, class: "v-label", "font-size": font, transform: `rotate(-40 ${x} ${top - 5})`, "data-column": j, style: { fontSize: `${font}px` } }, clip(token.shown, 12)));
  });
  tokens.forEach((token, i) => {
    const y = top + i * ch;
    const row = s("g", { role: "row" });
    row.append(s("text", { x: gutter - 6, y: y + ch / 2 + font * 0.34, class: "v-label", "text-anchor": "end", "data-row": i, style: { fontSize: `${font}px` } }, clip(token.shown, 12)));
    tokens.forEach((other, j) => {
      const weight = at(state, i, j);
      const group = s("g", { class: "v-cell", "data-cell": `${i}.${j}`, role: "gridcell", tabindex: -1, "aria-label": `${token.shown} → ${other.shown}: ${spell(weight)}` });
      const gap = ch > 14 ? 2 : 1;
      group.append(
        s("rect", { x: gutter + j * w, y, width: w - gap, height: ch - gap, rx: ch > 18 ? 4 : 1, style: `fill:color-mix(in srgb, var(--v-probability) ${(weight * 100).toFixed(1)}%, var(--v-paper))` }),
      );
      // A share below half a hundredth is left to the tooltip: the pattern reads better without rows of zeros.
      if (w >= 20 && weight >= 0.005) {
        const digits = w >= 38 ? 3 : 2;
        const text = weight.toFixed(digits).replace(/^0/, "").replace(/^1\.0+$/, "1");
        group.append(s("text", { x: gutter + j * w + (w - gap) / 2, y: y + ch / 2 + 3, "text-anchor": "middle", class: `v-number ${weight > 0.55 ? "v-strong" : ""}`, style: { fontSize: w >= 32 ? "12px" : w >= 25 ? "10.5px" : "9.5px" } }, text));
      }
      group.append(s("title", {}, `${token.shown} → ${other.shown}: ${spell(weight)}`));
      row.append(group);
    });
    svg.append(row);
  });
  return svg;
}

function arcs(state) {
  const { tokens, words } = state.data;
  const n = tokens.length;
  const step = n <= 16 ? 27 : n <= 28 ? 20 : n <= 44 ? 14 : 11;
  const font = Math.min(13, step - 2);
  const longest = Math.min(14, Math.max(...tokens.map((t) => [...t.shown].length)));
  const gutter = 16 + longest * font * 0.58;
  const bar = 60;
  const span = Math.max(60, Math.min(170, state.width - gutter * 2 - bar - 44));
  const width = gutter * 2 + span + bar + 44;
  const top = 30;
  const svg = s("svg", { width, height: top + n * step + 24, class: "v-panel v-arcs", role: "img", "aria-label": words.arcs });
  svg.append(s("text", { x: gutter - 8, y: 13, class: "v-label", "text-anchor": "end" }, words.query));
  svg.append(s("text", { x: gutter + span + 8, y: 13, class: "v-label" }, words.key));
  const y = (k) => top + k * step + step / 2;
  const lines = s("g", {});
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const weight = at(state, i, j);
      if (weight < 0.02) continue;
      const bend = span * 0.45;
      lines.append(
        s("path", {
          d: `M${gutter},${y(i)} C${gutter + bend},${y(i)} ${gutter + span - bend},${y(j)} ${gutter + span},${y(j)}`,
          "data-from": i,
          "data-to": j,
          class: "v-arc",
          style: { strokeWidth: `${0.8 + 3.2 * weight}px`, strokeOpacity: weight.toFixed(3) },
        }),
      );
    }
  svg.append(lines);
  tokens.forEach((token, k) => {
    svg.append(
      s("text", { x: gutter - 8, y: y(k) + font * 0.34, class: "v-word", "text-anchor": "end", "data-row": k, style: { fontSize: `${font}px` } }, clip(token.shown, 14)),
      s("text", { x: gutter + span + 8, y: y(k) + font * 0.34, class: "v-word", "data-column": k, style: { fontSize: `${font}px` } }, clip(token.shown, 14)),
      s("rect", { x: gutter * 2 + span + 2, y: y(k) - step * 0.3, width: 0, height: step * 0.6, rx: 2, class: "v-bar", "data-bar": k }),
      s("text", { x: gutter * 2 + span + 8, y: y(k) + font * 0.34, class: "v-share", "data-share": k, style: { fontSize: `${Math.min(font, 11.5)}px` } }, ""),
    );
  });
  svg.append(s("text", { x: gutter * 2 + span + 2, y: top + n * step + 16, class: "v-label v-sum" }, ""));
  state.geometry = { left: gutter * 2 + span + 2, bar };
  return svg;
}

function wire(state) {
  const { stage } = state;
  const cellOf = (event) => event.target.closest?.("[data-cell]")?.dataset.cell;
  const rowOf = (event) => event.target.closest?.("text[data-row]")?.dataset.row;
  const pick = (cell) => {
    const [i, j] = cell.split(".").map(Number);
    state.picked = { i, j };
    light(state);
    state.settle(cell);
  };
  stage.addEventListener("click", (event) => {
    if (cellOf(event)) pick(cellOf(event));
    else if (rowOf(event)) pick(`${rowOf(event)}.${heaviest(state, Number(rowOf(event)))}`);
  });
  stage.addEventListener("pointerover", (event) => {
    const cell = cellOf(event);
    const row = rowOf(event);
    state.hover = cell ? { i: Number(cell.split(".")[0]), j: Number(cell.split(".")[1]) } : row ? { i: Number(row), j: null } : null;
    say("token", { group: state.data.group, index: state.hover?.i ?? null, key: state.hover?.j });
    light(state);
  });
  stage.addEventListener("pointerleave", () => {
    state.hover = null;
    say("token", { group: state.data.group, index: null });
    light(state);
  });
  stage.addEventListener("keydown", (event) => {
    const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!by || !cellOf(event)) return;
    event.preventDefault();
    const { i, j } = state.picked;
    const next = cellNode(state, { i: i + by[0], j: j + by[1] });
    if (!next) return;
    pick(next.dataset.cell);
    next.focus();
  });
}

function heaviest(state, i) {
  let best = 0;
  for (let j = 1; j < state.data.tokens.length; j++) if (at(state, i, j) > at(state, i, best)) best = j;
  return best;
}

// The lit row: hovered, else picked. Its arcs stand out and its weights are written beside the keys.
function light(state) {
  const { stage, data } = state;
  if (!data) return;
  const n = data.tokens.length;
  const i = Math.min(state.hover?.i ?? state.picked.i, n - 1);
  const j = state.hover ? state.hover.j : state.picked.j;
  for (const node of stage.querySelectorAll("[data-cell]")) {
    const [r, c] = node.dataset.cell.split(".").map(Number);
    const picked = r === state.picked.i && c === state.picked.j;
    node.classList.toggle("v-picked", picked);
    node.classList.toggle("v-source", r === i && !picked);
    node.tabIndex = picked ? 0 : -1;
  }
  for (const node of stage.querySelectorAll(".v-arc")) {
    const own = Number(node.dataset.from) === i;
    node.classList.toggle("v-on", own);
    node.classList.toggle("v-key", own && Number(node.dataset.to) === j);
  }
  for (const node of stage.querySelectorAll("[data-row]")) node.classList.toggle("v-lit", Number(node.dataset.row) === i);
  for (const node of stage.querySelectorAll("[data-column]")) node.classList.toggle("v-lit", Number(node.dataset.column) === j);
  if (!state.geometry || data.part !== "arcs") return;
  let sum = 0;
  for (let k = 0; k < n; k++) {
    const weight = at(state, i, k);
    sum += weight;
    const bar = stage.querySelector(`[data-bar="${k}"]`);
    const length = weight * state.geometry.bar;
    bar.setAttribute("width", length);
    const share = stage.querySelector(`[data-share="${k}"]`);
    share.setAttribute("x", state.geometry.left + length + 5);
    share.textContent = weight >= 0.0005 ? weight.toFixed(3) : "";
    share.classList.toggle("v-lit", k === j);
  }
  stage.querySelector(".v-sum").textContent = `Σ = ${sum.toFixed(4)}`;
}
