// A strip of tokens with their ids. Hovering one lights it in every view that listens to the same group.
import { h, hear, mount, say } from "./base.js";

export default function tokens(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add("v-tokens");
    hear("token", (detail) => detail.group === fresh.data?.group && lightTokens(fresh, detail.index));
  });
  const { data } = component;
  const signature = JSON.stringify([data.tokens, data.group, data.words]);
  state.data = data;
  if (state.last !== signature) {
    state.last = signature;
    const focus = state.root.contains(document.activeElement) ? document.activeElement.dataset.index : null;
    state.root.replaceChildren(...data.tokens.map((token, index) => chip(state, token, index)));
    if (focus) state.root.querySelector(`[data-index="${focus}"]`)?.focus({ preventScroll: true });
  }
  lightTokens(state, null);
}

function chip(state, token, index) {
  const over = () => say("token", { group: state.data.group, index });
  const out = () => say("token", { group: state.data.group, index: null });
  return h(
    "button",
    {
      type: "button",
      class: `v-token${token.special ? " v-special" : ""}${token.sentence === 1 ? " v-second" : ""}${token.joined ? " v-joined" : ""}`,
      "data-index": index,
      title: `${token.piece} · ${state.data.words.id} ${token.id}`,
      onclick: () => state.component.setTriggerValue("select", index),
      onpointerenter: over,
      onfocus: over,
      onpointerleave: out,
      onblur: out,
    },
    h("span", {}, token.shown),
    h("small", {}, String(token.id)),
  );
}

function lightTokens(state, index) {
  const row = index ?? state.data.picked;
  for (const node of state.root.children) node.classList.toggle("v-lit", Number(node.dataset.index) === row);
}
