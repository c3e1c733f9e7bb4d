// Three tokenizers learn side by side: candidates of the next step, the words as they are cut, the new word, the
// vocabulary. Every state came with the data, so playing and scrubbing stay in the browser.
import { h, mount, player } from "./base.js";

export default function subword(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add("v-sw");
    fresh.step = 0;
  });
  const { data } = component;
  const { picked, step, ...content } = data;
  const signature = JSON.stringify(content);
  state.data = data;
  state.picked = picked;
  if (state.last === signature) return mark(state);
  state.last = signature;
  build(state, step);
}

function build(state, step) {
  const { data, root } = state;
  state.player?.pause();
  state.bodies = data.columns.map((column) => h("div", { class: "v-sw-body", "data-kind": column.id }));
  const columns = data.columns.map((column, k) =>
    h("section", { class: "v-sw-column" }, h("h4", {}, column.title, " ", h("small", {}, column.rule)), state.bodies[k]),
  );
  state.player = player({
    names: data.names,
    words: data.words,
    ms: 1300,
    show: (index) => draw(state, index),
    settled: (index) => state.component.setTriggerValue("step", index),
  });
  const rows = Math.max(...data.columns.flatMap((column) => column.states.map((one) => one.rows.length + (one.more > 0))));
  root.style.setProperty("--v-rows", rows + 1);
  root.replaceChildren(h("div", { class: "v-foot v-sw-foot" }, state.player.node), h("div", { class: "v-sw-columns" }, ...columns), h("p", { class: "v-hint" }, data.words.hint));
  state.player.go(step, { quiet: true });
}

function draw(state, index) {
  state.step = index;
  const active = document.activeElement;
  const focus = state.root.contains(active) ? active.dataset.pick : null;
  state.data.columns.forEach((column, k) => {
    const now = column.states[Math.min(index, column.states.length - 1)];
    const isDone = index >= column.states.length - 1;
    state.bodies[k].replaceChildren(...body(state, column, now, isDone));
  });
  mark(state);
  if (focus) state.root.querySelector(`[data-pick="${focus}"]`)?.focus({ preventScroll: true });
}

function body(state, column, now, isDone) {
  const { words, corpus, word } = state.data;
  return [
    h(
      "p",
      { class: "v-sw-sizes" },
      `${words.size} `,
      h("b", {}, String(now.vocabulary.length)),
      ` · ${words.corpus} `,
      h("b", {}, String(now.tokens)),
      isDone ? ` · ${words.done}` : "",
    ),
    table(state, column, now, isDone),
    h("h5", {}, words.cuts),
    h(
      "div",
      { class: "v-sw-words" },
      ...corpus.map(([, count], n) =>
        h("span", { class: "v-sw-word" }, ...now.splits[n].map((piece) => chip(piece, column.id)), h("small", {}, `×${count}`)),
      ),
    ),
    h("h5", {}, word ? `${words.fresh} ${now.cut.tokens}` : words.noWord),
    word ? cut(state, column.id, now.cut) : null,
    h("h5", {}, words.vocabulary),
    h(
      "div",
      { class: "v-sw-vocabulary" },
      ...now.vocabulary.map((piece) => h("span", { class: `v-sw-piece${now.born.includes(piece) ? " v-sw-born" : ""}`, "data-piece": piece }, piece)),
      ...now.gone.slice(0, 12).map((piece) => h("span", { class: "v-sw-piece v-sw-gone", title: words.gone }, piece)),
    ),
  ];
}

function chip(piece, kind) {
  const isInner = kind === "wordpiece" && piece.startsWith("##");
  return h("span", { class: "v-sw-chip", "data-piece": piece }, isInner ? h("i", {}, "##") : null, isInner ? piece.slice(2) : piece);
}

function table(state, column, now, isDone) {
  const { words } = state.data;
  const rows = now.rows.map((row, k) =>
    h(
      "button",
      {
        type: "button",
        class: `v-sw-row${row.next ? " v-sw-next" : ""}`,
        "data-pick": `${column.id}.${k}`,
        title: row.next ? (column.id === "unigram" ? words.leaves : words.merged) : null,
        onclick: () => {
          state.picked = `${column.id}.${k}`;
          mark(state);
          state.component.setTriggerValue("pick", state.picked);
        },
        onpointerenter: () => light(state, column.id, row.parts),
        onpointerleave: () => light(state),
        onfocus: () => light(state, column.id, row.parts),
        onblur: () => light(state),
      },
      h("span", { class: "v-sw-pair" }, row.parts.join(" + "), row.next ? h("b", {}, column.id === "unigram" ? " ✂" : " ✓") : null),
      ...row.cells.map((cell, n) => h("span", { class: n ? "v-sw-quiet" : "" }, cell)),
      h("i", { style: `--v-share:${Math.max(0, row.share * 100).toFixed(1)}%` }),
    ),
  );
  return h(
    "div",
    { class: "v-sw-table", style: `--v-cols:${column.head.length}` },
    h("div", { class: "v-sw-row v-sw-head" }, ...column.head.map((name) => h("span", {}, name)), h("span", {}, "")),
    ...(rows.length ? rows : [h("p", { class: "v-hint" }, words.nothing)]),
    now.more > 0 ? h("p", { class: "v-hint" }, `… ${words.more} ${now.more}`) : null,
  );
}

// ---- the new word

function cut(state, kind, data) {
  const { words } = state.data;
  if (kind === "bpe") return h("div", { class: "v-sw-trees" }, ...data.trees.map((node) => tree(node, words)));
  const pieces = h("div", { class: "v-sw-trees" }, ...data.pieces.map(([piece, isKnown]) => h("span", { class: `v-sw-chip${isKnown ? "" : " v-sw-unknown"}`, title: isKnown ? null : words.unknown }, piece)));
  if (kind === "wordpiece") {
    const tried = data.attempts.map(([text, isFound]) => h("span", { class: isFound ? "v-sw-hit" : "v-sw-miss" }, `${text} ${isFound ? "✓" : "✗"}`));
    return h("div", {}, pieces, h("p", { class: "v-sw-tried" }, `${words.tried} `, ...tried));
  }
  const cuts = data.cuts.map(([parts, told, share]) =>
    h("div", { class: "v-sw-cut" }, h("span", {}, parts.join(" · ")), h("i", { style: `--v-share:${Math.min(100, share * 100).toFixed(1)}%` }), h("span", { class: "v-sw-quiet" }, told)),
  );
  return h("div", {}, pieces, cuts.length ? h("p", { class: "v-sw-tried" }, words.share) : null, ...cuts);
}

function tree([text, isKnown, rank, parts], words) {
  if (!parts.length) return h("span", { class: `v-sw-chip v-sw-leaf${isKnown ? "" : " v-sw-unknown"}`, title: isKnown ? null : words.unknown }, text);
  return h("span", { class: "v-sw-node", title: `${words.rank} ${rank}` }, h("b", {}, text, h("sup", {}, String(rank))), h("span", { class: "v-sw-parts" }, ...parts.map((part) => tree(part, words))));
}

// ---- what is lit

function mark(state) {
  for (const node of state.root.querySelectorAll("[data-pick]")) {
    const isPicked = node.dataset.pick === state.picked;
    node.classList.toggle("v-picked", isPicked);
    node.setAttribute("aria-pressed", String(isPicked));
  }
  light(state);
}

// The hovered candidate, else the picked one, wherever it stands in the words of its column.
function light(state, kind = null, parts = null) {
  if (!kind) {
    const [name, row] = state.picked.split(".");
    const column = state.data.columns.find((c) => c.id === name);
    const now = column?.states[Math.min(state.step, column.states.length - 1)];
    kind = name;
    parts = now?.rows[Math.min(Number(row), now.rows.length - 1)]?.parts ?? [];
  }
  state.bodies.forEach((node) => {
    const isHere = node.dataset.kind === kind;
    for (const word of node.querySelectorAll(".v-sw-word")) {
      const chips = [...word.querySelectorAll("[data-piece]")];
      chips.forEach((item) => item.classList.remove("v-lit"));
      if (!isHere || !parts.length) continue;
      chips.forEach((_, k) => {
        if (parts.every((part, n) => chips[k + n]?.dataset.piece === part)) parts.forEach((_, n) => chips[k + n].classList.add("v-lit"));
      });
    }
  });
}
