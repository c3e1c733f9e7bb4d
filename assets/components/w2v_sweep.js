// The window sweeps over a text: one step a centre, its pairs and the negatives drawn for them.
import { h, mount, player } from "./base.js";

export default function sweep(component) {
  const state = mount(component, (fresh) => {
    fresh.text = h("div", { class: "v-w2-text", role: "group" });
    fresh.pairs = h("div", { class: "v-w2-pairs" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.text, fresh.pairs, fresh.foot);
    fresh.text.addEventListener("click", (event) => {
      const node = event.target.closest("[data-at]");
      if (!node) return;
      const at = Number(node.dataset.at);
      const step = fresh.data.centres.findIndex((centre) => centre.at === at);
      if (step >= 0 && fresh.player) {
        fresh.player.pause();
        fresh.player.go(step, { quiet: true });
      }
      // One event says both: of two in a row the first one's address would be lost.
      fresh.component.setTriggerValue("pick", { word: fresh.data.tokens[at].word, step });
    });
  });
  const { data } = component;
  const { step, picked, ...rest } = data;
  const signature = JSON.stringify(rest);
  const isFirst = !state.data;
  state.data = data;
  if (state.last === signature) {
    state.text.querySelectorAll("[data-at]").forEach((node, at) => node.classList.toggle("v-lit", data.tokens[at].word === picked));
    return;
  }
  state.last = signature;
  const wasPlaying = state.player?.playing();
  state.player?.pause();
  state.text.setAttribute("aria-label", data.words.hint);
  state.text.replaceChildren(
    ...data.tokens.map((token, at) =>
      h(
        "button",
        {
          type: "button",
          class: `v-token${token.kept ? "" : " v-w2-dropped"}${token.word === picked ? " v-lit" : ""}`,
          "data-at": at,
          title: token.kept ? `${data.words.keep} = ${token.keep}` : `${data.words.dropped}, ${data.words.keep} = ${token.keep}`,
        },
        h("span", {}, token.text),
        h("small", {}, token.kept ? "" : "✕"),
      ),
    ),
  );
  if (!data.centres.length) {
    state.player = null;
    state.pairs.replaceChildren(h("p", { class: "v-hint" }, data.words.empty));
    state.foot.replaceChildren();
    return;
  }
  let made = 0;
  state.pairs.style.minHeight = `${1.9 + 1.65 * Math.max(...data.centres.map((centre) => centre.pairs.length))}rem`;
  state.before = data.centres.map((centre) => (made += centre.pairs.length));
  state.made = made;
  state.player = player({
    names: data.names,
    words: data.words,
    ms: 650,
    show: (at) => show(state, at),
    // A step that a click has left meanwhile is no news: told after the click, it would take the click's place.
    settled: (at) => at === state.player.index() && state.component.setTriggerValue("step", at),
  });
  state.foot.replaceChildren(state.player.node, h("span", { class: "v-hint" }, data.words.hint));
  const last = data.centres.length - 1;
  state.player.go(Math.min(step ?? 0, last), { quiet: true });
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if ((isFirst && step === null && !isStill) || wasPlaying) state.player.node.querySelector(".v-play").click();
}

function show(state, step) {
  const { data } = state;
  const centre = data.centres[step];
  const context = new Set(centre.pairs.map((pair) => pair.at));
  state.text.querySelectorAll("[data-at]").forEach((node, at) => {
    node.classList.toggle("v-w2-centre", at === centre.at);
    node.classList.toggle("v-w2-context", context.has(at));
    if (data.tokens[at].kept) node.querySelector("small").textContent = at === centre.at ? `${data.words.reach} ${centre.reach}` : "";
  });
  const name = data.tokens[centre.at].text;
  state.pairs.replaceChildren(
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, `${data.words.pairs} · ${data.words.so_far}: ${state.before[step]}/${state.made}`), h("th", { scope: "col" }, data.words.negatives))),
      h(
        "tbody",
        {},
        centre.pairs.length
          ? centre.pairs.map((pair) =>
              h("tr", {}, h("td", {}, h("b", { class: "v-w2-c" }, name), " → ", h("b", { class: "v-w2-o" }, data.tokens[pair.at].text)), h("td", {}, pair.negatives.map((word) => h("span", { class: "v-w2-n" }, word)))),
            )
          : h("tr", {}, h("td", { colspan: 2 }, data.words.none)),
      ),
    ),
  );
}
