// An answer and its reference, step by step of the normalisation: what each step deleted or turned, then the tokens.
// Hovering a token lights its mate; a click asks what F1 would be without it.
import { h, mount } from "./base.js";
import { dials, keepFocus } from "./measures.js";

export default function answer(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add("v-answers");
  });
  const { data } = component;
  const signature = JSON.stringify(data);
  if (state.last === signature) return;
  state.last = signature;
  keepFocus(state.root, () => state.root.replaceChildren(...(data.part === "steps" ? [dials(state, data.dials), steps(data), tokens(state, data)] : [table(state, data)])));
}

const dots = (text) => text.replace(/\s/g, "·");

function piece({ kind, text, old, about }, words) {
  if (kind === "gone") return h("s", { title: words.gone }, dots(text));
  if (kind === "new") return h("ins", { title: words.new }, dots(text));
  if (kind === "turned") return h("ins", { title: `${old} → ${text}` }, text);
  if (kind === "left") return h("mark", { title: `${words.left}: ${about}` }, text);
  return text;
}

const text = (pieces, words) => (pieces.length ? pieces.map((one) => piece(one, words)) : [h("em", {}, words.nothing)]);

function steps({ steps: rows, words }) {
  return h(
    "div",
    { class: "v-steps", role: "table", "aria-label": words.steps },
    h("div", { class: "v-stephead", role: "row" }, ...["", words.prediction, words.reference].map((name) => h("span", { role: "columnheader" }, name))),
    ...rows.map((row, n) =>
      h(
        "div",
        { class: `v-onestep${row.is_idle ? " v-idle" : ""}`, role: "row" },
        h("span", { class: "v-stepname", role: "rowheader" }, row.name, row.is_idle ? h("small", {}, words.idle) : null),
        ...row.sides.map((side) => h("span", { class: "v-steptext", role: "cell" }, ...(row.is_idle && n < rows.length - 1 ? [h("span", { class: "v-same" }, words.same)] : text(side, words)))),
      ),
    ),
  );
}

function tokens(state, data) {
  const { words } = data;
  const rows = data.tokens.map((side, which) =>
    h(
      "div",
      { class: "v-bag", role: "group", "aria-label": [words.prediction, words.reference][which] },
      h("span", { class: "v-bagname" }, [words.prediction, words.reference][which]),
      ...(side.length ? side.map((token, n) => chip(state, data, token, which, n)) : [h("em", {}, words.nothing)]),
    ),
  );
  return h("div", { class: "v-bags" }, h("p", { class: "v-parthead" }, words.tokens), ...rows);
}

function chip(state, data, token, which, n) {
  const isShared = token.mate !== null && token.mate !== undefined;
  const light = (on) => () => {
    if (!isShared) return;
    for (const [side, index] of [[which, n], [1 - which, token.mate]]) state.root.querySelector(`[data-side="${side}"][data-n="${index}"]`)?.classList.toggle("v-lit", on);
  };
  const about = token.step === null ? data.words.counted : `${which ? data.words.added : data.words.dropped} ${token.step}`;
  return h(
    "button",
    {
      type: "button",
      class: `v-word-chip${isShared ? " v-shared" : ""}${token.id === data.picked ? " v-picked" : ""}`,
      title: about,
      "data-id": token.id,
      "data-side": which,
      "data-n": n,
      onclick: () => state.component.setTriggerValue("pick", token.id === data.picked ? "" : token.id),
      onpointerenter: light(true),
      onfocus: light(true),
      onpointerleave: light(false),
      onblur: light(false),
    },
    h("span", {}, ...text(token.pieces, data.words)),
    h("small", { class: token.is_up ? "v-up" : token.is_down ? "v-down" : "" }, token.step ?? "✓"),
  );
}

// Rows that can be chosen: the references, or the normalisations.
function table(state, { part, rows, words }) {
  const isReferences = part === "references";
  const heads = isReferences ? [words.best, "EM", "P", "R", "F1"] : [words.normalization, "EM", "F1"];
  const pick = (id) => state.component.setTriggerValue("pick", id);
  return h(
    "table",
    { class: "v-scored" },
    h("caption", {}, isReferences ? words.references : words.alternatives),
    h("thead", {}, h("tr", {}, ...heads.map((head, n) => h("th", { scope: "col", class: n ? "v-num" : "" }, head)))),
    h(
      "tbody",
      {},
      ...rows.map((row) =>
        h(
          "tr",
          {
            class: row.is_shown ? "v-picked" : "",
            tabindex: 0,
            "data-id": row.id,
            "aria-selected": String(row.is_shown),
            onclick: () => pick(row.id),
            onkeydown: (event) => {
              if (event.key !== "Enter" && event.key !== " ") return;
              event.preventDefault();
              pick(row.id);
            },
          },
          h("td", { class: "v-name" }, row.text || words.nothing, row.is_best ? h("b", {}, " ●") : null),
          ...row.scores.map((score) => h("td", { class: "v-num" }, score)),
        ),
      ),
    ),
  );
}
