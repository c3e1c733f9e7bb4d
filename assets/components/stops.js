// A text with every full stop as a question, its sentences by three splitters, and passages marked by hand.
import { h, mount } from "./base.js";

export default function stops(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add("v-st");
    fresh.root.addEventListener("click", (event) => {
      const node = event.target.closest?.("[data-stop]");
      if (node) fresh.component.setTriggerValue("pick", Number(node.dataset.stop));
    });
  });
  const { data } = component;
  const { picked, ...rest } = data;
  const signature = JSON.stringify(rest);
  if (state.last !== signature) {
    state.last = signature;
    const focus = state.root.contains(document.activeElement) ? document.activeElement.dataset.stop : null;
    state.root.replaceChildren(...(data.part === "marked" ? passages(data) : text(data)));
    if (focus) state.root.querySelector(`[data-stop="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
  }
  for (const node of state.root.querySelectorAll("[data-stop]")) node.classList.toggle("v-picked", Number(node.dataset.stop) === picked);
}

function text(data) {
  const parts = data.parts.map(([words, why, n, isEnd]) =>
    n < 0
      ? h("span", {}, words)
      : h("button", { type: "button", class: `v-st-stop${isEnd ? " v-st-end" : ""}`, "data-stop": n, title: why, "aria-label": `${words} — ${why}` }, isEnd ? `${words} |` : words),
  );
  const columns = data.columns.map(([name, sentences]) =>
    h("div", {}, h("h5", {}, `${name} · ${sentences.length}`), h("ol", {}, ...sentences.map((sentence) => h("li", {}, sentence)))),
  );
  return [h("p", { class: "v-st-text" }, ...parts), h("div", { class: "v-st-columns" }, ...columns)];
}

const MARKS = { right: "✓", wrong: "✗", missed: "?" };

function passages(data) {
  const lines = data.marked.map((parts) =>
    h("p", {}, ...parts.flatMap(([words, verdict]) => [h("span", {}, words), verdict ? h("b", { class: `v-st-${verdict}`, title: data.words[verdict] }, MARKS[verdict]) : null])),
  );
  return [h("div", {}, h("h5", {}, data.words.marked), h("div", { class: "v-st-marked" }, ...lines))];
}
