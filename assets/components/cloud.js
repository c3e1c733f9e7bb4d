// Points that glide: words on a map, three words and their sum, one word in many sentences. Frames are sent once; play,
// scrub, turn and hover need no server. What is drawn is a list of marks, painted on a canvas and, for export, as SVG.
import { h, keepFocus, later, mount, pictureButtons, player, readTones, refit, s, saveSvg } from "./base.js";

const TONES = ["Q", "K", "V", "validation", "gradient", "probability", "positive", "negative"];
const EASE = 0.22;
const FONT = '"Source Sans", sans-serif';

function unpack(words) {
  const bytes = Uint8Array.from(atob(words), (c) => c.charCodeAt(0));
  return new Int16Array(bytes.buffer);
}

export default function cloud(component) {
  const state = mount(component, build);
  const { data } = component;
  const isNew = state.data?.run !== data.run;
  const wasRunning = state.data?.running;
  const isSame = state.last === JSON.stringify(data);
  if (isSame) return;
  state.last = JSON.stringify(data);
  state.data = data;
  state.picked = data.picked;
  state.frames = data.frames.map(unpack);
  if (isNew) readWords(state);
  keepFocus(state.root, () => layFoot(state, isNew, wasRunning));
  draw(state);
}

function build(state) {
  state.canvas = h("canvas", { class: "v-cl-sky", tabindex: 0, role: "img" });
  state.said = h("div", { class: "v-cl-said", "aria-live": "polite" });
  state.side = h("div", { class: "v-cl-side" });
  state.legend = h("div", { class: "v-cl-legend" });
  state.foot = h("div", { class: "v-foot" });
  state.texts = h("ul", { class: "v-cl-texts" });
  state.root.append(h("div", { class: "v-cl-stage" }, h("div", { class: "v-cl-frame" }, state.canvas, state.said), state.side), state.legend, state.foot, state.texts);
  state.at = 0;
  state.over = -1;
  state.now = new Map(); // word → where it is on the screen's map, gliding
  state.turn = { yaw: 0.6, pitch: 0.35 };
  state.glide = 0;
  listen(state);
  for (const panel of [state.side, state.texts]) listenTo(state, panel);
  refit(state, draw);
  // Colours are read from the page; another theme means reading them again.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => state.data && draw(state));
}

// A list beside the picture: its lines point at points.
function listenTo(state, panel) {
  panel.addEventListener("click", ({ target }) => {
    const node = target.closest("[data-n]");
    if (node) choose(state, Number(node.dataset.n));
  });
  for (const [event, find] of [["pointerover", (node) => Number(node.dataset.n)], ["pointerout", () => -1]]) {
    panel.addEventListener(event, ({ target }) => {
      const node = target.closest("[data-n]");
      if (node) hover(state, find(node));
    });
  }
}

function listen(state) {
  const { canvas } = state;
  let from = null;
  canvas.addEventListener("pointerdown", (event) => {
    from = { x: event.offsetX, y: event.offsetY, moved: 0, ...state.turn };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (from) {
      const dx = event.offsetX - from.x;
      const dy = event.offsetY - from.y;
      from.moved = Math.max(from.moved, Math.hypot(dx, dy));
      if (state.data.dims === 3) {
        state.turn = { yaw: from.yaw + dx * 0.008, pitch: Math.max(-1.5, Math.min(1.5, from.pitch + dy * 0.008)) };
        paint(state);
      }
      return;
    }
    hover(state, nearestTo(state, event.offsetX, event.offsetY));
  });
  canvas.addEventListener("pointerup", (event) => {
    if (from && from.moved < 5) {
      const n = nearestTo(state, event.offsetX, event.offsetY);
      if (n >= 0) choose(state, n);
    }
    from = null;
  });
  canvas.addEventListener("pointercancel", () => (from = null));
  canvas.addEventListener("pointerleave", () => hover(state, -1));
  canvas.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const n = state.data.labels.length;
    choose(state, (state.picked + by + n) % n);
  });
}

function nearestTo(state, x, y) {
  let best = -1;
  let least = 18 ** 2;
  (state.screen ?? []).forEach((p, n) => {
    const d = (p.x - x) ** 2 + (p.y - y) ** 2;
    if (d < least && state.data.labels[n]) [best, least] = [n, d];
  });
  return best;
}

function hover(state, n) {
  if (n === state.over) return;
  state.over = n;
  state.canvas.style.cursor = n >= 0 ? "pointer" : state.data?.dims === 3 ? "grab" : "default";
  paint(state);
}

const tell = (state) => (state.told ??= later(120, (n) => state.component.setTriggerValue("pick", n)));

function choose(state, n) {
  state.picked = n;
  tell(state)(n);
  draw(state);
}

function readWords(state) {
  const { data } = state;
  state.legend.replaceChildren(
    ...data.groups.map((name, group) => {
      const mark = s("svg", { width: 14, height: 14, viewBox: "-7 -7 14 14", "aria-hidden": "true" }, s("path", { d: outline(group, 4.6) }));
      mark.firstChild.style.fill = `var(--v-${TONES[group % TONES.length]})`;
      return h("span", { class: "v-cl-key" }, mark, name);
    }),
  );
}

function layFoot(state, isNew, wasRunning) {
  const { data } = state;
  const last = data.frames.length - 1;
  const wasPlaying = state.player?.playing();
  const before = state.at;
  state.player?.pause();
  state.player = null;
  const kids = [];
  if (last > 0) {
    state.player = player({
      names: data.names,
      words: data.words,
      ms: data.ms,
      show: (at) => {
        state.at = at;
        draw(state);
      },
      settled: (at) => state.component.setTriggerValue("step", at),
    });
    kids.push(state.player.node);
  }
  kids.push(h("span", { class: "v-hint" }, data.words.hint));
  kids.push(pictureButtons(data.words, (kind) => saveSvg(asSvg(state), data.name, kind)));
  state.foot.replaceChildren(...kids);
  state.at = Math.min(last, isNew || wasRunning ? (data.step ?? last) : before);
  if (!state.player) return;
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const mayPlay = data.autoplay && data.step === null && !isStill && !state.played?.has(data.run);
  if (mayPlay) {
    (state.played ??= new Set()).add(data.run);
    state.player.go(0, { quiet: true });
    state.player.node.querySelector(".v-play").click();
  } else {
    state.player.go(state.at, { quiet: true });
    if (wasPlaying && !isNew) state.player.node.querySelector(".v-play").click();
  }
}

function draw(state) {
  state.width = state.root.clientWidth;
  state.read = null;
  aim(state);
  drawSide(state);
  const { data } = state;
  state.canvas.setAttribute("aria-label", data.words.alt);
  state.said.textContent = data.labels[state.picked] ?? "";
}

// Where every point goes, in units of the picture; those that were there glide, new ones appear in place.
function aim(state) {
  const { data } = state;
  const frame = state.frames[state.at] ?? state.frames[state.frames.length - 1];
  const { dims } = data;
  const lows = Array(dims).fill(Infinity);
  const highs = Array(dims).fill(-Infinity);
  const sized = data.fit === "all" ? state.frames : [frame];
  for (const one of sized) {
    one.forEach((v, i) => {
      lows[i % dims] = Math.min(lows[i % dims], v);
      highs[i % dims] = Math.max(highs[i % dims], v);
    });
  }
  const span = Math.max(...highs.map((high, i) => high - lows[i]), 1);
  state.box = highs.map((high, i) => (high - lows[i]) / span);
  state.goal = data.labels.map((_, n) => Array.from({ length: dims }, (_, i) => (frame[n * dims + i] - (lows[i] + highs[i]) / 2) / span));
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const fresh = new Map();
  state.keys = data.labels.map((label, n) => data.keys?.[n] ?? label);
  state.keys.forEach((key, n) => {
    const old = state.now.get(key);
    fresh.set(key, old && old.length === dims && !isStill ? old : [...state.goal[n]]);
  });
  state.now = fresh;
  if (!state.glide) state.glide = requestAnimationFrame(() => glide(state));
  paint(state);
}

function glide(state) {
  let rest = 0;
  state.keys.forEach((key, n) => {
    const place = state.now.get(key);
    state.goal[n].forEach((v, i) => {
      place[i] += (v - place[i]) * EASE;
      rest = Math.max(rest, Math.abs(v - place[i]));
    });
  });
  paint(state);
  state.glide = rest > 5e-4 && state.root.isConnected ? requestAnimationFrame(() => glide(state)) : 0;
}

function project(state, width, height) {
  const { dims } = state.data;
  const pad = { x: Math.min(64, width * 0.12), y: 30 };
  if (dims === 2) {
    const room = Math.min((width - 2 * pad.x) / Math.max(state.box[0], 0.05), (height - 2 * pad.y) / Math.max(state.box[1], 0.05));
    return state.keys.map((key) => {
      const [x, y] = state.now.get(key);
      return { x: width / 2 + x * room, y: height / 2 - y * room, near: 1 };
    });
  }
  const room = Math.min(width - 2 * pad.x, height - 2 * pad.y);
  const { yaw, pitch } = state.turn;
  return state.keys.map((key) => {
    const [x, y, z] = state.now.get(key);
    const u = x * Math.cos(yaw) + z * Math.sin(yaw);
    const w = -x * Math.sin(yaw) + z * Math.cos(yaw);
    const v = y * Math.cos(pitch) - w * Math.sin(pitch);
    const depth = y * Math.sin(pitch) + w * Math.cos(pitch);
    const near = 1 / (1.35 - depth * 0.6);
    return { x: width / 2 + u * room * near * 1.15, y: height / 2 - v * room * near * 1.15, near };
  });
}

// The k nearest of every point on the map as it is aimed at, not as it happens to glide.
function nearOnMap(state, n, k) {
  const at = state.goal[n];
  return state.goal
    .map((p, m) => [p.reduce((sum, v, i) => sum + (v - at[i]) ** 2, 0), m])
    .filter(([, m]) => m !== n)
    .sort((a, b) => a[0] - b[0])
    .slice(0, k)
    .map(([, m]) => m);
}

// What there is to see, back to front: lines, rings, marks, words.
function scene(state, width, height) {
  const { data } = state;
  const tones = (state.read ??= readTones(state.root));
  const ink = (name, alpha = 1) => `rgba(${tones(`--v-${name}`).join(",")},${alpha})`;
  const at = (state.screen = project(state, width, height));
  const focus = state.over >= 0 ? state.over : state.picked;
  const marks = [];
  const words = [];
  const lit = new Set([focus]);
  for (const [from, to, kind] of data.arrows ?? []) {
    const [a, b] = [at[from], at[to]];
    marks.push({ kind: "line", a, b, color: ink(kind === "side" ? "quiet" : "K", kind === "side" ? 0.55 : 0.95), width: kind === "side" ? 1.2 : 2.2, dash: kind === "side" ? [4, 4] : [], head: kind !== "side" });
  }
  if (data.near && at[focus]) {
    const there = new Set(nearOnMap(state, focus, data.near[focus].length));
    const wanted = new Set(data.near[focus]);
    for (const m of wanted) {
      lit.add(m);
      const isKept = there.has(m);
      marks.push({ kind: "line", a: at[focus], b: at[m], color: ink(isKept ? "V" : "bad", 0.8), width: isKept ? 1.8 : 1.3, dash: isKept ? [] : [5, 4] });
    }
    for (const m of there) if (!wanted.has(m)) marks.push({ kind: "ring", at: at[m], r: 9, color: ink("quiet", 0.9), dash: [2, 2], width: 1.4 });
  }
  const order = data.labels.map((_, n) => n).sort((a, b) => at[a].near - at[b].near);
  for (const n of order) {
    const group = data.group[n];
    const role = data.roles?.[n];
    const name = role ?? (group < 0 ? "X" : TONES[group % TONES.length]);
    const isFocus = n === focus;
    const size = (isFocus ? 6.2 : data.labels.length > 130 ? 3.8 : 4.8) * (data.dims === 3 ? 0.6 + 0.5 * at[n].near : 1);
    const alpha = data.dims === 3 ? Math.min(1, Math.max(0.3, at[n].near - 0.05)) : 0.92;
    marks.push({ kind: "mark", at: at[n], d: outline(Math.max(0, group), size), color: ink(name, alpha), edge: isFocus ? ink("ink") : n === state.picked ? ink("ink", 0.7) : null });
    if (data.labels[n]) words.push({ n, weight: isFocus ? 4 : n === state.picked ? 3 : data.first?.includes(n) ? 2.5 : lit.has(n) ? 2 : 1, near: at[n].near });
  }
  words.sort((a, b) => b.weight - a.weight || b.near - a.near || a.n - b.n);
  const taken = [];
  const most = data.hideLabels ? 1.5 : 0;
  for (const { n, weight } of words) {
    if (weight <= most) continue;
    const size = weight > 2 ? 13.5 : 12;
    // A sentence that finds no room is told by its number.
    const found = [data.labels[n], ...(data.uses ? [`${n + 1}.`] : [])]
      .map((text) => {
        const wide = text.length * size * 0.54;
        const toLeft = at[n].x + 9 + wide > width - 4;
        const x = toLeft ? at[n].x - 8 - wide : at[n].x + 8;
        return { text, toLeft, box: [x - 2, at[n].y - size * 0.62, x + wide + 2, at[n].y + size * 0.62] };
      })
      .find(({ box }) => weight > 2 || !taken.some((o) => box[0] < o[2] && box[2] > o[0] && box[1] < o[3] && box[3] > o[1]));
    if (!found) continue;
    const { text, toLeft, box } = found;
    taken.push(box);
    marks.push({ kind: "word", x: toLeft ? at[n].x - 8 : at[n].x + 8, y: at[n].y, text, size, bold: weight > 2, anchor: toLeft ? "end" : "start", color: ink(weight >= 2 ? "ink" : "quiet"), halo: ink("paper", 0.85) });
  }
  return marks;
}

function paint(state) {
  if (!state.data) return;
  const { canvas } = state;
  const width = canvas.clientWidth || 600;
  const height = canvas.clientHeight || 460;
  const scale = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  for (const m of scene(state, width, height)) {
    pen.setLineDash(m.dash ?? []);
    if (m.kind === "line") {
      pen.strokeStyle = m.color;
      pen.lineWidth = m.width;
      pen.stroke(new Path2D(`M${m.a.x} ${m.a.y}L${m.b.x} ${m.b.y}${m.head ? head(m.a, m.b) : ""}`));
    } else if (m.kind === "ring") {
      pen.strokeStyle = m.color;
      pen.lineWidth = m.width;
      pen.stroke(new Path2D(`M${m.at.x - m.r} ${m.at.y}a${m.r} ${m.r} 0 1 0 ${2 * m.r} 0a${m.r} ${m.r} 0 1 0 ${-2 * m.r} 0`));
    } else if (m.kind === "mark") {
      pen.save();
      pen.translate(m.at.x, m.at.y);
      const path = new Path2D(m.d);
      pen.fillStyle = m.color;
      pen.fill(path);
      if (m.edge) {
        pen.strokeStyle = m.edge;
        pen.lineWidth = 2;
        pen.stroke(path);
      }
      pen.restore();
    } else {
      pen.font = `${m.bold ? 700 : 400} ${m.size}px ${FONT}`;
      pen.textAlign = m.anchor;
      pen.strokeStyle = m.halo;
      pen.lineWidth = 3;
      pen.strokeText(m.text, m.x, m.y);
      pen.fillStyle = m.color;
      pen.fillText(m.text, m.x, m.y);
    }
  }
}

function asSvg(state) {
  const width = state.canvas.clientWidth;
  const height = state.canvas.clientHeight;
  const paper = getComputedStyle(document.body).backgroundColor;
  const svg = s("svg", { xmlns: "http://www.w3.org/2000/svg", width, height, viewBox: `0 0 ${width} ${height}` }, s("rect", { width: "100%", height: "100%", fill: paper }));
  for (const m of scene(state, width, height)) {
    const dash = m.dash?.length ? m.dash.join(" ") : null;
    if (m.kind === "line") svg.append(s("path", { d: `M${m.a.x} ${m.a.y}L${m.b.x} ${m.b.y}${m.head ? head(m.a, m.b) : ""}`, stroke: m.color, "stroke-width": m.width, "stroke-dasharray": dash, fill: "none" }));
    else if (m.kind === "ring") svg.append(s("circle", { cx: m.at.x, cy: m.at.y, r: m.r, stroke: m.color, "stroke-width": m.width, "stroke-dasharray": dash, fill: "none" }));
    else if (m.kind === "mark") svg.append(s("path", { d: m.d, transform: `translate(${m.at.x} ${m.at.y})`, fill: m.color, stroke: m.edge, "stroke-width": m.edge ? 2 : null }));
    else svg.append(s("text", { x: m.x, y: m.y, "text-anchor": m.anchor, "dominant-baseline": "central", "font-family": "sans-serif", "font-size": m.size, "font-weight": m.bold ? 700 : 400, fill: m.color }, m.text));
  }
  return svg;
}

function head(a, b) {
  const turn = Math.atan2(b.y - a.y, b.x - a.x);
  const wing = (by) => `${b.x - 11 * Math.cos(turn + by)} ${b.y - 11 * Math.sin(turn + by)}`;
  return `M${wing(0.42)}L${b.x} ${b.y}L${wing(-0.42)}`;
}

// Eight tones in each of four shapes: no class is told by its colour alone.
function outline(group, r) {
  const kind = Math.floor(group / 2 + (group % 2) * 2) % 4;
  if (kind === 0) return `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
  if (kind === 1) return `M${-r * 0.9} ${-r * 0.9}h${r * 1.8}v${r * 1.8}h${-r * 1.8}Z`;
  if (kind === 2) return `M0 ${-r * 1.3}L${r * 1.2} ${r * 0.9}L${-r * 1.2} ${r * 0.9}Z`;
  return `M0 ${-r * 1.35}L${r * 1.35} 0L0 ${r * 1.35}L${-r * 1.35} 0Z`;
}

// ---- beside the picture ---------------------------------------------------------------------------------------

function drawSide(state) {
  const { data } = state;
  const kids = [];
  if (data.course) kids.push(chart(state));
  if (data.near) kids.push(...mapList(state));
  if (data.rows) kids.push(...rowList(state));
  if (data.uses) kids.push(...useList(state));
  keepFocus(state.side, () => state.side.replaceChildren(...kids));
  state.side.hidden = !kids.length;
}

// Measures from 0 or their least up to 1 over all frames; the moment is a line, the numbers stand beside the names.
function chart(state) {
  const { lines, least } = state.data.course;
  const W = 262;
  const H = 96;
  const x = (n, m) => 6 + ((W - 12) * n) / Math.max(1, m - 1);
  const y = (v) => H - 6 - ((H - 12) * (v - least)) / (1 - least);
  const svg = s("svg", { class: "v-cl-chart", viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": state.data.words.chart });
  svg.append(s("rect", { class: "v-cl-box", x: 0.5, y: 0.5, width: W - 1, height: H - 1, rx: 6 }));
  const names = [];
  lines.forEach((line, n) => {
    const points = line.y.map((v, i) => (v === null ? null : `${x(i, line.y.length)},${y(v)}`)).filter(Boolean);
    if (points.length > 1) svg.append(s("polyline", { class: `v-cl-line v-cl-line-${n}`, points: points.join(" ") }));
    const now = line.y[Math.min(state.at, line.y.length - 1)];
    if (now !== null) svg.append(s("circle", { class: `v-cl-dot v-cl-line-${n}`, cx: x(Math.min(state.at, line.y.length - 1), line.y.length), cy: y(now), r: 3.4 }));
    names.push(h("span", { class: `v-cl-name v-cl-name-${n}` }, line.name, h("b", {}, now === null ? "—" : now.toFixed(line.digits))));
  });
  return h("div", {}, svg, h("div", { class: "v-cl-names" }, names));
}

function mapList(state) {
  const { data } = state;
  const n = state.picked;
  const wanted = data.near[n];
  if (!wanted) return [];
  const there = nearOnMap(state, n, wanted.length);
  const item = (m, sign, kind) =>
    h("li", {}, h("button", { type: "button", "data-n": m, class: kind }, h("span", { "aria-hidden": "true" }, sign), data.labels[m] || String(m + 1), h("small", {}, { "v-cl-kept": data.words.kept, "v-cl-torn": data.words.torn, "v-cl-strange": data.words.strange }[kind])));
  const kept = wanted.filter((m) => there.includes(m));
  return [
    h("h4", {}, data.words.near.replace("{w}", () => data.labels[n]).replace("{n}", kept.length).replace("{k}", wanted.length)),
    h(
      "ul",
      { class: "v-cl-list" },
      wanted.map((m) => (there.includes(m) ? item(m, "━", "v-cl-kept") : item(m, "╌", "v-cl-torn"))),
      there.filter((m) => !wanted.includes(m)).map((m) => item(m, "◌", "v-cl-strange")),
    ),
  ];
}

function rowList(state) {
  const { data } = state;
  const row = (one) =>
    h(
      "li",
      {},
      h(
        "button",
        { type: "button", "data-n": one.n, class: one.mark ? "v-cl-marked" : null, "aria-pressed": one.n === state.picked ? "true" : "false" },
        h("span", { class: "v-cl-word" }, one.label, one.note ? h("small", {}, ` ${one.note}`) : null),
        h("i", { style: { "--v-share": "" } }),
        h("em", {}, one.value),
      ),
    );
  const list = h("ul", { class: "v-cl-rows" }, data.rows.map(row));
  data.rows.forEach((one, k) => list.children[k].querySelector("i").style.setProperty("--v-share", `${Math.round(100 * Math.max(0, Math.min(1, one.share)))}%`));
  return [h("h4", {}, data.words.rows), list];
}

function useList(state) {
  const { data } = state;
  const C = data.uses.cosines[state.at];
  const n = data.uses.sentences.length;
  const head = h("tr", {}, h("td", {}), ...Array.from({ length: n }, (_, j) => h("th", { scope: "col" }, String(j + 1))));
  const least = data.uses.least[state.at];
  const lines = data.uses.sentences.map((_, i) => {
    const cells = Array.from({ length: n }, (_, j) => {
      const value = C[i * n + j] / 1000;
      const share = i === j ? 0 : (value - least) / Math.max(1e-9, 1 - least);
      const cell = h("td", { class: i === j ? "v-cl-self" : share > 0.6 ? "v-cl-full" : null, title: value.toFixed(3) }, i === j ? "" : value.toFixed(2));
      cell.style.setProperty("--v-share", `${Math.round(100 * share)}%`);
      return cell;
    });
    return h("tr", { "data-n": i, class: i === state.picked ? "v-cl-here" : null }, h("th", { scope: "row" }, String(i + 1)), ...cells);
  });
  const said = data.uses.sentences.map(([before, word, after], i) => {
    const tone = data.group[i] < 0 ? "X" : TONES[data.group[i] % TONES.length];
    const line = h("button", { type: "button", "data-n": i, "aria-pressed": i === state.picked ? "true" : "false" }, h("small", {}, `${i + 1}`), h("span", {}, before, h("b", {}, word), after));
    line.style.setProperty("--v-tone", `var(--v-${tone})`);
    return h("li", {}, line);
  });
  state.texts.replaceChildren(...said);
  return [h("h4", {}, data.words.cosines), h("div", { class: "v-cl-scroll" }, h("table", { class: "v-cl-matrix" }, h("tbody", {}, head, ...lines)))];
}
