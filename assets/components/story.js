// An article whose sentences are put into a summary by a click, or the table of the candidates (data.part).
import { h, mount } from "./base.js";

export default function story(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add("v-story");
    fresh.root.addEventListener("click", (event) => {
      const node = event.target.closest("[data-event]");
      if (node) fresh.component.setTriggerValue(node.dataset.event, node.dataset.value);
    });
  });
  const { data } = component;
  const signature = JSON.stringify(data);
  if (state.last === signature) return;
  state.last = signature;
  const focus = state.root.contains(document.activeElement) ? document.activeElement.dataset : null;
  state.root.replaceChildren(data.part === "article" ? article(data) : table(data));
  if (focus?.event) state.root.querySelector(`[data-event="${focus.event}"][data-value="${CSS.escape(focus.value)}"]`)?.focus({ preventScroll: true });
}

function article({ sentences, words }) {
  const act = (value, name) => h("button", { type: "button", "data-event": "act", "data-value": value }, name);
  return h(
    "div",
    { class: "v-st-article" },
    h("h4", {}, words.article),
    h("p", { class: "v-hint" }, words.click),
    ...sentences.map((sentence, k) =>
      h(
        "button",
        {
          type: "button",
          class: `v-st-sentence${sentence.is_own ? " v-st-own" : ""}${sentence.is_lead ? " v-st-lead" : ""}`,
          "data-event": "toggle",
          "data-value": String(k),
          "aria-pressed": String(sentence.is_own),
          title: `${words.alone} ${sentence.f1.toFixed(3)}`,
        },
        h("b", {}, String(k + 1)),
        h("span", {}, sentence.text),
        h("i", { style: `--v-share:${(sentence.f1 * 100).toFixed(1)}%` }),
        h("small", {}, sentence.greedy ? `${words.greedy} ${sentence.greedy}` : ""),
      ),
    ),
    h("div", { class: "v-st-acts" }, h("span", { class: "v-hint" }, words.take), act("lead", words.lead), act("greedy", words.best), act("all", words.all), act("none", words.none)),
  );
}

function table({ rows, parts, picked, words }) {
  const best = Math.max(...rows.map((row) => row.values[2]));
  return h(
    "table",
    { class: "v-st-table" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, words.candidate), h("th", { scope: "col" }, words.length), ...parts.map((part) => h("th", { scope: "col" }, part)))),
    h(
      "tbody",
      {},
      rows.map((row, i) =>
        h(
          "tr",
          { class: picked.startsWith(`C.${i}.`) ? "v-st-row" : "" },
          h("th", { scope: "row", title: row.id === "person" ? `${words.personHelp} · ${row.text}` : row.text }, row.name),
          h("td", {}, String(row.words)),
          ...row.values.map((value, j) =>
            h(
              "td",
              {},
              h(
                "button",
                {
                  type: "button",
                  class: `v-rg-score${picked === `C.${i}.${j}` ? " v-picked" : ""}`,
                  "data-event": "pick",
                  "data-value": `C.${i}.${j}`,
                  style: `--v-share:${(value * 100).toFixed(1)}%`,
                  "aria-label": `${row.name}, ${parts[j]}: ${value.toFixed(3)}`,
                },
                value.toFixed(3),
                j === 2 && value === best ? " ★" : "",
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
