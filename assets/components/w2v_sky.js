// Words move while word2vec learns: a plane, the picked word's neighbours, what is known right, all at one moment.
// Every snapshot is sent once; playing, scrubbing and picking need no server.
import { composeSvg, h, mount, pictureButtons, player, s, saveSvg } from "./base.js";

const TONES = ["Q", "K", "V", "validation", "gradient", "probability", "positive", "negative"];
const SHAPES = [
  (r) => s("circle", { r }),
  (r) => s("rect", { x: -r * 0.9, y: -r * 0.9, width: r * 1.8, height: r * 1.8 }),
  (r) => s("path", { d: `M0 ${-r * 1.3}L${r * 1.2} ${r * 0.9}L${-r * 1.2} ${r * 0.9}Z` }),
  (r) => s("path", { d: `M0 ${-r * 1.35}L${r * 1.35} 0L0 ${r * 1.35}L${-r * 1.35} 0Z` }),
];

function unpack(words, Kind) {
  const bytes = Uint8Array.from(atob(words), (c) => c.charCodeAt(0));
  return new Kind(bytes.buffer);
}

export default function sky(component) {
  const state = mount(component, (fresh) => {
    fresh.svg = s("svg", { class: "v-w2-sky", role: "group" });
    fresh.side = h("div", { class: "v-w2-side" });
    fresh.chart = s("svg", { class: "v-w2-chart", role: "img" });
    fresh.facts = h("div", { class: "v-w2-facts" });
    fresh.side.append(fresh.chart, fresh.facts);
    fresh.foot = h("div", { class: "v-foot" });
    fresh.legend = h("div", { class: "v-w2-legend" });
    fresh.root.append(h("div", { class: "v-w2-stage" }, fresh.svg, fresh.side), fresh.legend, fresh.foot);
    fresh.at = 0;
    fresh.svg.addEventListener("click", (event) => {
      const node = event.target.closest("[data-n]");
      if (node) choose(fresh, Number(node.dataset.n));
    });
    fresh.svg.addEventListener("pointerover", (event) => {
      const node = event.target.closest("[data-n]");
      const over = node ? Number(node.dataset.n) : -1;
      if (over === fresh.over) return;
      fresh.over = over;
      paint(fresh);
    });
    fresh.svg.addEventListener("keydown", (event) => {
      const node = event.target.closest("[data-n]");
      if (node && (event.key === "Enter" || event.key === " ")) {
        event.preventDefault();
        choose(fresh, Number(node.dataset.n));
      }
    });
    fresh.facts.addEventListener("click", (event) => {
      const node = event.target.closest("[data-n]");
      if (node) choose(fresh, Number(node.dataset.n));
    });
    new ResizeObserver(() => fresh.data && fresh.width !== fresh.svg.clientWidth && paint(fresh)).observe(fresh.root);
  });
  const { data } = component;
  const run = data.run;
  const signature = JSON.stringify([data.run, data.frames.length, data.running, data.words, data.vocabulary.length]);
  const pickChanged = state.data?.picked !== data.picked;
  const wasRun = state.data?.run;
  const wasRunning = state.data?.running;
  const isFirst = !state.data;
  if (isFirst || wasRun !== run || pickChanged) state.picked = data.picked;
  if (state.last === signature) {
    state.data = data;
    if (pickChanged) paint(state);
    return;
  }
  state.last = signature;
  const before = state.frames?.length ?? 0;
  const wasAtEnd = state.at >= before - 1;
  state.data = data;
  state.frames = data.frames.map((one, n) => (wasRun === run && n < before ? state.frames[n] : { ...one, p: unpack(one.p, Int16Array), nb: unpack(one.nb, Uint16Array), cs: unpack(one.cs, Int8Array), rk: unpack(one.rk, Uint16Array), an: unpack(one.an, Uint16Array) }));
  state.where = new Map(data.shown.map((word, n) => [word, n]));
  if (wasRun !== run || isFirst) layPoints(state);
  const wasPlaying = state.player?.playing();
  state.player?.pause();
  const names = state.frames.map((frame) => frame.name);
  state.player = player({
    names,
    words: data.words,
    ms: 170,
    show: (at) => {
      state.at = at;
      paint(state);
    },
    settled: (at) => !state.data.running && state.component.setTriggerValue("step", at === names.length - 1 ? -1 : at),
  });
  state.foot.replaceChildren(
    state.player.node,
    h("span", { class: "v-hint" }, data.words.hint),
    pictureButtons(data.words, (kind) => saveSvg(composeSvg(state.svg.parentElement, [state.svg, state.chart]), data.name, kind)),
  );
  const last = names.length - 1;
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (data.running) state.player.go(wasAtEnd || wasRun !== run ? last : state.at, { quiet: true });
  else if (isFirst && data.step === null && !data.fixed && !isStill && last > 0) {
    // The first arrival plays by itself: points that find each other say what the picture is about.
    state.player.go(0, { quiet: true });
    state.player.node.querySelector(".v-play").click();
  } else {
    state.player.go(wasRun === run && !wasRunning && !isFirst ? Math.min(state.at, last) : (data.step ?? last), { quiet: true });
    if (wasPlaying && !wasRunning) state.player.node.querySelector(".v-play").click();
  }
}

function choose(state, word) {
  state.picked = word;
  state.component.setTriggerValue("pick", word);
  paint(state);
}

const tone = (group) => (group < 0 ? "var(--v-masked)" : `var(--v-${TONES[group % TONES.length]})`);
const shape = (group, r) => (group < 0 ? SHAPES[0](r * 0.7) : SHAPES[Math.floor(group / TONES.length) % SHAPES.length](r));

function layPoints(state) {
  const { data } = state;
  state.lines = s("g", { class: "v-w2-lines" });
  state.points = data.shown.map((word, n) => {
    const group = data.group[n];
    const name = data.vocabulary[word];
    return s(
      "g",
      { class: "v-w2-point", "data-n": word, tabindex: 0, role: "button", "aria-label": group < 0 ? name : `${name} · ${data.groups[group]}` },
      Object.assign(shape(group, 4.6), {}),
      s("text", { x: 7, y: 4 }, name),
    );
  });
  state.points.forEach((node, n) => (node.firstChild.style.fill = tone(data.group[n])));
  state.svg.replaceChildren(state.lines, ...state.points);
  state.svg.setAttribute("aria-label", data.words.alt);
  state.legend.replaceChildren(
    ...data.groups.map((name, group) => {
      const mark = s("svg", { width: 14, height: 14, viewBox: "-7 -7 14 14", "aria-hidden": "true" }, shape(group, 4.6));
      mark.firstChild.style.fill = tone(group);
      return h("span", { class: "v-w2-key" }, mark, name);
    }),
  );
}

function paint(state) {
  const { data, svg } = state;
  const frame = state.frames[state.at];
  if (!frame) return;
  state.width = svg.clientWidth || 640;
  const width = state.width;
  const height = svg.clientHeight || 460;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  // Every moment fills the picture: the plane has no unit, only who is beside whom.
  frame.bound ??= [0, 1].map((axis) => Math.max(1, ...frame.p.filter((_, i) => i % 2 === axis).map(Math.abs)));
  const across = (width / 2 - 46) / frame.bound[0];
  const up = (height / 2 - 16) / frame.bound[1];
  const scale = Math.min(across, up);
  const [sx, sy] = [Math.min(across, scale * 1.35), Math.min(up, scale * 1.35)];
  const place = (n) => [width / 2 - 16 + frame.p[2 * n] * sx, height / 2 - frame.p[2 * n + 1] * sy];
  const mine = state.where.get(state.picked) ?? 0;
  const k = data.k;
  const near = Array.from({ length: k }, (_, j) => frame.nb[mine * k + j]);
  const lit = new Set([mine, ...near.map((word) => state.where.get(word)).filter((n) => n !== undefined)]);
  const over = state.where.get(state.over) ?? -1;
  const [x0, y0] = place(mine);
  state.lines.replaceChildren(
    ...[...lit].filter((n) => n !== mine).map((n) => {
      const [x, y] = place(n);
      return s("line", { x1: x0, y1: y0, x2: x, y2: y });
    }),
  );
  // Names are put where there is room, the picked word's company first.
  const taken = [];
  const order = [...lit, ...(over >= 0 ? [over] : []), ...data.shown.keys()];
  const told = new Set();
  const done = new Set();
  for (const n of order) {
    if (done.has(n)) continue;
    done.add(n);
    const [x, y] = place(n);
    const name = data.vocabulary[data.shown[n]];
    const box = [x - 5, y - 8, x + 10 + name.length * 6.6, y + 8];
    const isFree = box[2] < width + 14 && !taken.some((b) => box[0] < b[2] && b[0] < box[2] && box[1] < b[3] && b[1] < box[3]);
    if (isFree || n === mine || n === over) {
      told.add(n);
      taken.push(box);
    }
  }
  state.points.forEach((node, n) => {
    const [x, y] = place(n);
    node.setAttribute("transform", `translate(${x.toFixed(1)},${y.toFixed(1)})`);
    node.classList.toggle("v-lit", lit.has(n));
    node.classList.toggle("v-picked", n === mine);
    node.classList.toggle("v-w2-mute", !told.has(n));
  });
  drawChart(state);
  drawFacts(state, frame, mine, near);
}

// Loss falls, what is known rises: one small chart, a cursor at the moment that is shown.
function drawChart(state) {
  const { data, frames } = state;
  const W = 300;
  const H = 138;
  const pad = { l: 34, r: 34, t: 20, b: 18 };
  const svg = state.chart;
  svg.setAttribute("viewBox", `0 0 ${W} ${H}`);
  svg.setAttribute("width", W);
  svg.setAttribute("height", H);
  svg.setAttribute("aria-label", data.words.chart);
  const losses = frames.map((frame) => frame.loss).filter((loss) => loss !== null);
  const low = Math.min(...losses, Infinity);
  const high = Math.max(...losses, -Infinity);
  const x = (seen) => pad.l + ((W - pad.l - pad.r) * seen) / Math.max(1, data.total);
  const yLoss = (loss) => pad.t + ((H - pad.t - pad.b) * (high - loss)) / Math.max(1e-9, high - low);
  const yShare = (share) => pad.t + (H - pad.t - pad.b) * (1 - share);
  const path = (key, y) =>
    frames
      .filter((frame) => frame[key] !== null)
      .map((frame, n) => `${n ? "L" : "M"}${x(frame.seen).toFixed(1)} ${y(frame[key]).toFixed(1)}`)
      .join("");
  const kids = [s("rect", { x: pad.l, y: pad.t, width: W - pad.l - pad.r, height: H - pad.t - pad.b, class: "v-w2-frame" })];
  if (losses.length) {
    kids.push(
      s("path", { d: path("loss", yLoss), class: "v-w2-loss" }),
      s("text", { x: pad.l - 4, y: pad.t + 8, "text-anchor": "end", class: "v-w2-tick" }, high.toFixed(2)),
      s("text", { x: pad.l - 4, y: H - pad.b, "text-anchor": "end", class: "v-w2-tick" }, low.toFixed(2)),
      s("text", { x: pad.l, y: 12, class: "v-w2-name v-w2-loss-name" }, data.words.loss),
    );
  }
  if (frames.some((frame) => frame.found !== null)) {
    kids.push(
      s("path", { d: path("found", yShare), class: "v-w2-found" }),
      s("path", { d: path("inside", yShare), class: "v-w2-inside" }),
      s("text", { x: W - pad.r + 4, y: pad.t + 8, class: "v-w2-tick" }, "100%"),
      s("text", { x: W - pad.r + 4, y: H - pad.b, class: "v-w2-tick" }, "0%"),
    );
  }
  const here = x(frames[state.at].seen);
  kids.push(s("line", { x1: here, x2: here, y1: pad.t, y2: H - pad.b, class: "v-w2-here" }));
  svg.replaceChildren(...kids);
}

function drawFacts(state, frame, mine, near) {
  const { data } = state;
  const { k, words, vocabulary } = data;
  const kids = [];
  const percent = (share) => `${Math.round(share * 100)}%`;
  if (frame.found !== null) {
    kids.push(
      h(
        "div",
        { class: "v-w2-scores" },
        h("span", { class: "v-w2-inside-name" }, words.inside, h("b", {}, percent(frame.inside))),
        h("span", { class: "v-w2-found-name" }, words.found, h("b", {}, percent(frame.found))),
      ),
      h(
        "div",
        { class: "v-w2-relations" },
        data.relations.map((name, r) =>
          h("span", { class: "v-w2-relation" }, h("small", {}, name), h("i", { style: `--v-share:${(frame.by[r] ?? 0) * 100}%` }), h("em", {}, frame.by[r] === null ? "—" : percent(frame.by[r]))),
        ),
      ),
    );
  }
  kids.push(
    h("h4", {}, words.near.replace("{w}", () => vocabulary[data.shown[mine]])),
    h(
      "div",
      { class: "v-w2-near" },
      near.map((word, j) => {
        const cosine = frame.cs[mine * k + j] / 127;
        return h("button", { type: "button", "data-n": state.where.has(word) ? word : null, disabled: state.where.has(word) ? null : "" }, h("span", {}, vocabulary[word]), h("i", { style: `--v-share:${Math.max(0, cosine) * 100}%` }), h("em", {}, cosine.toFixed(2).replace("-", "−")));
      }),
    ),
  );
  const picked = data.shown[mine];
  const asked = data.analogies.flatMap((four, n) => (four[2] === picked || four[3] === picked ? [n] : [])).slice(0, 4);
  if (asked.length) {
    kids.push(
      h("h4", {}, words.analogies),
      h(
        "ul",
        { class: "v-w2-analogies" },
        asked.map((n) => {
          const [a, b, c, d] = data.analogies[n].map((word) => vocabulary[word]);
          const isRight = frame.rk[n] === 1;
          const answer = vocabulary[frame.an[n]];
          return h(
            "li",
            {},
            `${b} − ${a} + ${c} = `,
            h("b", { class: isRight ? "v-w2-right" : "v-w2-wrong" }, `${isRight ? "✓" : "✗"} ${answer}`),
            isRight ? "" : h("small", {}, ` ${d}: ${words.place} ${frame.rk[n]}`),
          );
        }),
      ),
    );
  }
  state.facts.replaceChildren(...kids);
}
