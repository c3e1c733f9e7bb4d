// An edit script, played: every word is one node that keeps its key from step to step, so a shift is seen to move it.
// Beside the sentence stand the steps, each a button; under a shift, the moves that were tried with it.
import { h, mount, player } from "./base.js";

export default function edits(component) {
  const state = mount(component, (fresh) => {
    fresh.sentence = h("div", { class: "v-sentence", role: "group" });
    fresh.goal = h("div", { class: "v-sentence v-goal" });
    fresh.names = [h("b", {}), h("b", {})];
    fresh.cost = h("output", { class: "v-cost" });
    fresh.script = h("ol", { class: "v-script", start: 0 });
    fresh.tried = h("div", { class: "v-tried" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(
      h("div", { class: "v-textline" }, h("div", { class: "v-textname" }, fresh.names[0], fresh.cost), fresh.sentence),
      h("div", { class: "v-textline" }, h("div", { class: "v-textname" }, fresh.names[1]), fresh.goal),
      fresh.foot,
      h("div", { class: "v-beside" }, fresh.script, fresh.tried),
    );
    fresh.chips = new Map();
  });
  const { data } = component;
  const signature = JSON.stringify({ ...data, step: 0 });
  state.data = data;
  if (state.last === signature) {
    if (!state.player.playing() && state.player.index() !== data.step) state.player.go(data.step, { quiet: true });
    return;
  }
  state.last = signature;
  state.player?.pause();
  state.chips.clear();
  state.sentence.replaceChildren();
  state.names.forEach((node, k) => (node.textContent = data.names[k]));
  state.goal.replaceChildren(...data.reference.map((word) => h("span", { class: "v-chip" }, word)));
  state.script.replaceChildren(
    ...data.stages.map((stage, k) =>
      h("li", {}, h("button", { type: "button", class: `v-edit-${stage.kind}`, "data-step": k, onclick: () => (state.player.pause(), state.player.go(k)) }, stage.caption)),
    ),
  );
  state.player = player({
    names: data.stages.map((stage) => stage.caption),
    words: data.words,
    ms: 1500,
    show: (step) => show(state, step),
    settled: (step) => state.component.setTriggerValue("step", step),
  });
  state.foot.replaceChildren(state.player.node, h("span", { class: "v-hint" }, data.words.hint));
  state.still = true;
  state.player.go(data.step, { quiet: true });
  state.still = false;
}

function show(state, step) {
  const { data, chips, sentence } = state;
  const stage = data.stages[step];
  const before = new Map([...chips].map(([key, node]) => [key, node.getBoundingClientRect()]));
  const kept = new Set(stage.words.map(([key]) => key));
  for (const [key, node] of chips)
    if (!kept.has(key)) {
      node.remove();
      chips.delete(key);
    }
  const later = new Set(stage.later);
  const touched = new Set(stage.touched);
  stage.words.forEach(([key, text]) => {
    const node = chips.get(key) ?? h("span", {});
    chips.set(key, node);
    const now = touched.has(key);
    const old = now && stage.old ? h("s", {}, stage.old) : null;
    node.className = `v-chip${now ? ` v-edit-${stage.kind}` : later.has(key) ? " v-doomed" : ""}`;
    node.replaceChildren(...(old ? [old, " "] : []), text);
    sentence.append(node);
  });
  state.cost.textContent = stage.cost;
  for (const node of state.script.querySelectorAll("[data-step]")) {
    const k = Number(node.dataset.step);
    node.classList.toggle("v-picked", k === step);
    node.classList.toggle("v-off", k > step);
    if (k === step) node.setAttribute("aria-current", "step");
    else node.removeAttribute("aria-current");
  }
  showTried(state, stage);
  if (!state.still && !matchMedia("(prefers-reduced-motion: reduce)").matches) glide(chips, before);
}

// First, last, invert, play: each word starts where it was and slides to where it is.
function glide(chips, before) {
  for (const [key, node] of chips) {
    const was = before.get(key);
    const is = node.getBoundingClientRect();
    if (!was) node.animate([{ opacity: 0, transform: "translateY(-10px)" }, { opacity: 1, transform: "none" }], { duration: 450, easing: "ease-out" });
    else if (was.left !== is.left || was.top !== is.top)
      node.animate([{ transform: `translate(${was.left - is.left}px, ${was.top - is.top}px)` }, { transform: "none" }], { duration: 650, easing: "ease-in-out" });
  }
}

function showTried(state, stage) {
  const { words } = state.data;
  if (!stage.tried.length) return state.tried.replaceChildren();
  const rows = stage.tried.map((move, k) =>
    h("tr", { class: k === 0 ? "v-first" : "" }, h("td", {}, move.text), h("td", {}, move.by), h("td", {}, move.gain), h("td", {}, k === 0 ? `✓ ${words.done}` : "")),
  );
  state.tried.replaceChildren(
    h(
      "table",
      {},
      h("caption", {}, words.tried),
      h("thead", {}, h("tr", {}, h("th", {}, words.block), h("th", {}, words.by), h("th", {}, words.gain), h("th", {}, ""))),
      h("tbody", {}, ...rows),
    ),
  );
}
