// A text token by token: a colour and a number under each, cards of the scores over it. Hovering a token lights what it
// is linked with in every view of its group; where the text was written step by step, it can be played.
import { h, hear, mount, player, say } from "./base.js";

export default function strip(component) {
  const state = mount(component, (fresh) => {
    hear("strip", (detail) => detail.group === fresh.data?.group && light(fresh, detail));
  });
  const { data } = component;
  const signature = JSON.stringify({ ...data, picked: null });
  state.data = data;
  if (state.last !== signature) {
    state.last = signature;
    state.player?.pause();
    const focus = state.root.contains(document.activeElement) ? document.activeElement.dataset.index : null;
    build(state);
    if (focus) state.root.querySelector(`[data-index="${focus}"]`)?.focus({ preventScroll: true });
  }
  if (state.player && !state.player.playing() && state.player.index() !== data.picked) stand(state, data.picked);
  light(state, { at: null });
}

// Moves the player's handle without playing: nothing is hidden.
function stand(state, step) {
  state.isStill = true;
  state.player.go(step, { quiet: true });
  state.isStill = false;
}

function build(state) {
  const { data } = state;
  state.chips = data.tokens.map((token, index) => chip(state, token, index));
  state.row = h(
    "div",
    { class: `v-strip-row${data.dense ? " v-dense" : ""}`, role: "group", "aria-label": data.words.alt },
    state.chips,
  );
  state.player = null;
  const foot = [h("span", { class: "v-hint" }, ...legend(data), data.words.hint)];
  if (data.play) {
    const first = data.tokens.findIndex((token) => token.at >= 0);
    state.player = player({
      names: data.tokens.slice(first).map((token) => token.text),
      words: data.words,
      ms: 220,
      show: (step) => {
        if (state.isStill) return;
        const isWriting = step < data.tokens.length - first - 1;
        state.chips.forEach((node, i) => node.classList.toggle("v-unwritten", isWriting && i > first + step));
        say("strip", { group: data.group, at: step });
      },
      settled: (step) => state.component.setTriggerValue("pick", step),
    });
    foot.unshift(state.player.node);
    stand(state, data.picked);
  }
  const kids = [];
  if (data.cards?.length) kids.push(h("div", { class: "v-equation" }, data.cards.map(card)));
  if (data.table) kids.push(h("div", { class: "v-models-frame" }, table(data.table)));
  if (data.title) kids.push(h("p", { class: "v-strip-title" }, data.title));
  state.root.replaceChildren(...kids, state.row, h("div", { class: "v-foot" }, foot));
}

function chip(state, token, index) {
  const { data } = state;
  const detail = { group: data.group, at: token.at, also: token.also };
  const isGiven = token.at < 0;
  const over = () => !isGiven && !state.player?.playing() && say("strip", detail);
  const out = () => !state.player?.playing() && say("strip", { group: data.group, at: null });
  return h(
    isGiven ? "span" : "button",
    {
      type: isGiven ? null : "button",
      class: `v-bit${token.kind ? ` v-${token.kind}` : ""}`,
      style: `--v-share:${token.share}`,
      "data-index": index,
      title: token.title || null,
      onclick: isGiven ? null : () => pick(state, token.at),
      onpointerenter: over,
      onfocus: over,
      onpointerleave: out,
      onblur: out,
    },
    h("span", {}, token.text),
    h("small", {}, token.number),
  );
}

function pick(state, at) {
  state.player?.pause();
  for (const node of state.chips) node.classList.remove("v-unwritten");
  state.component.setTriggerValue("pick", at);
}

function legend(data) {
  return (data.legend ?? []).flatMap(([kind, text]) => [h("span", { class: `v-bit v-${kind} v-keychip` }, text), " "]);
}

function card({ name, value, note, result }) {
  return h("div", { class: `v-card${result ? " v-card-result" : ""}` }, h("small", {}, name), h("b", {}, value), h("small", {}, note));
}

function table({ head, rows, best }) {
  const line = (tag, cells, row) => h("tr", {}, cells.map((text, i) => h(i ? tag : "th", { class: row === best && i === cells.length - 1 ? "v-last" : null }, text)));
  return h("table", { class: "v-models" }, h("thead", {}, line("th", head)), h("tbody", {}, rows.map((cells, row) => line("td", cells, row))));
}

function light(state, { at, also }) {
  const { data } = state;
  const picked = at ?? data.picked;
  const near = new Set(also ?? (at === null ? data.also : data.tokens.find((token) => token.at === at)?.also) ?? []);
  state.chips.forEach((node, i) => {
    const token = data.tokens[i];
    node.classList.toggle("v-lit", token.at === picked);
    node.classList.toggle("v-near", token.at !== picked && near.has(token.at));
    if (node.tagName === "BUTTON") node.setAttribute("aria-pressed", String(token.at === data.picked));
  });
}
