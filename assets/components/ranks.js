// Ranked lists: a row a query, a cell a rank. A click turns the grade, a drag moves the document; keys do the same.
// The scores stand at the end of each row; a click on one asks for its arithmetic, on a rank sets k.
import { h, mount } from "./base.js";

const GRADES = 4;

export default function ranks(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add("v-ranks");
  });
  const { data } = component;
  const signature = JSON.stringify(data);
  if (state.last === signature) return;
  state.last = signature;
  state.data = data;
  const at = state.goal ?? (state.root.contains(document.activeElement) ? document.activeElement.dataset.id : null);
  state.goal = null;
  state.root.replaceChildren(grid(state), h("p", { class: "v-hint" }, data.words.hint));
  if (at) state.root.querySelector(`[data-id="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
}

function grid(state) {
  const { data } = state;
  const ranks = data.discounts.length;
  const lost = Math.max(0, ...data.lists.map((list) => list.lost.length));
  const node = h("div", { class: "v-lists", role: "group", "aria-label": data.words.alt, style: `--v-ranks:${ranks};--v-lost:${lost}` });
  node.append(head(state, ranks, lost), ...data.lists.map((list, n) => row(state, list, n, ranks, lost)));
  if (data.lists.length > 1) {
    node.append(h("div", { class: "v-list v-list-mean" }, h("span", { class: "v-list-name" }, data.words.mean), h("span", { class: "v-list-cells" }), scores(state, data.means, "mean", data.mean_heads)));
  }
  return node;
}

function head(state, ranks, lost) {
  const { data } = state;
  const marks = data.discounts.map((weight, n) =>
    h(
      "button",
      {
        type: "button",
        class: `v-rank${n + 1 === data.k ? " v-last-rank" : ""}${n + 1 > data.k ? " v-beyond" : ""}`,
        title: `${data.words.discount} ${weight.shown} · ${data.words.set} ${n + 1}`,
        "aria-label": `${data.words.set} ${n + 1}`,
        "data-id": `rank ${n}`,
        onclick: () => state.component.setTriggerValue("k", n + 1),
      },
      h("i", { style: { height: `${weight.share * 26}px` } }),
      String(n + 1),
    ),
  );
  const rest = lost ? [h("span", { class: "v-lost-head" }, data.words.lost)] : [];
  return h("div", { class: "v-list v-list-head" }, h("span", { class: "v-list-name" }, data.words.rank), h("span", { class: "v-list-cells" }, ...marks, ...rest), h("span", { class: "v-list-scores" }, ...data.heads.map((name) => h("span", {}, name))));
}

function row(state, list, n, ranks, lost) {
  const { data } = state;
  const cells = list.grades.map((grade, rank) => cell(state, list, n, rank, grade, false));
  const gaps = Array.from({ length: ranks - list.grades.length }, () => h("span", { class: "v-unranked" }));
  const gone = list.lost.map((grade, k) => cell(state, list, n, list.grades.length + k, grade, true));
  const isPicked = data.picked.endsWith(`.${n}`);
  return h(
    "div",
    { class: `v-list${isPicked ? " v-list-picked" : ""}` },
    h("span", { class: "v-list-name", title: list.name }, list.name),
    h("span", { class: "v-list-cells" }, ...cells, ...gaps, ...(gone.length ? [h("span", { class: "v-lost" }, ...gone)] : [])),
    scores(state, list.values, n, data.heads),
  );
}

function scores(state, values, which, heads) {
  const { data } = state;
  return h(
    "span",
    { class: "v-list-scores" },
    ...values.map((value, k) => {
      const id = `${data.scores[k]}.${which}`;
      return h(
        "button",
        {
          type: "button",
          class: `v-list-score${id === data.picked ? " v-picked" : ""}`,
          "aria-pressed": String(id === data.picked),
          title: heads[k],
          "data-id": id,
          onclick: () => state.component.setTriggerValue("pick", id),
        },
        h("small", {}, heads[k]),
        value,
      );
    }),
  );
}

function cell(state, list, query, rank, grade, isLost) {
  const { data } = state;
  const isRelevant = grade >= data.relevant_from;
  const place = isLost ? data.words.lost : `${data.words.rank} ${rank + 1}`;
  const node = h(
    "button",
    {
      type: "button",
      class: `v-grade v-grade-${grade}${isRelevant ? " v-relevant" : ""}${rank + 1 === list.first ? " v-first" : ""}${!isLost && rank >= data.k ? " v-beyond" : ""}${!isLost && rank + 1 === data.k ? " v-last-rank" : ""}`,
      "aria-label": `${list.name}, ${place}: ${data.words.grade} ${grade}`,
      title: `${place} · ${data.words.grade} ${grade}`,
      "data-id": `cell ${query} ${rank}`,
      disabled: !data.is_editable,
    },
    String(grade),
  );
  if (data.is_editable) wire(state, node, { query, rank, grade, isLost, n: list.grades.length });
  return node;
}

// ---- by hand

function turn(state, node, { query, rank }, grade) {
  // Shown at once; the page answers with the same grade and the new scores.
  node.textContent = String(grade);
  node.className = node.className.replace(/v-grade-\d/, `v-grade-${grade}`);
  state.goal = `cell ${query} ${rank}`;
  state.component.setTriggerValue("edit", { query, rank, grade });
}

function move(state, { query, rank }, to) {
  state.goal = `cell ${query} ${to}`;
  state.component.setTriggerValue("edit", { query, rank, to });
}

function wire(state, node, at) {
  let from = null;
  let shift = 0;
  const row = () => [...node.parentElement.querySelectorAll(":scope > .v-grade")];
  node.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || at.isLost) return;
    from = { x: event.clientX, cells: row(), width: 0 };
    from.width = from.cells.length > 1 ? from.cells[1].offsetLeft - from.cells[0].offsetLeft : node.offsetWidth;
    shift = 0;
    node.setPointerCapture(event.pointerId);
  });
  node.addEventListener("pointermove", (event) => {
    if (!from) return;
    const dx = event.clientX - from.x;
    if (!node.classList.contains("v-dragged") && Math.abs(dx) < 6) return;
    node.classList.add("v-dragged");
    shift = Math.max(-at.rank, Math.min(at.n - 1 - at.rank, Math.round(dx / from.width)));
    node.style.transform = `translateX(${dx}px)`;
    from.cells.forEach((other, k) => {
      if (k === at.rank) return;
      const isPassed = shift > 0 ? k > at.rank && k <= at.rank + shift : k < at.rank && k >= at.rank + shift;
      other.style.transform = isPassed ? `translateX(${shift > 0 ? -from.width : from.width}px)` : "";
    });
  });
  const drop = (isDone) => {
    if (!from) return;
    const { cells } = from;
    const wasDragged = node.classList.contains("v-dragged");
    from = null;
    node.classList.remove("v-dragged");
    cells.forEach((other) => (other.style.transform = ""));
    if (!wasDragged) return;
    node.dataset.dropped = "yes";
    if (!isDone || !shift) return;
    // The document stands in its new place at once; the page redraws the row as it is.
    const rest = cells.filter((other) => other !== node);
    node.parentElement.insertBefore(node, rest[at.rank + shift] ?? rest.at(-1).nextSibling);
    move(state, at, at.rank + shift);
  };
  node.addEventListener("pointerup", () => drop(true));
  node.addEventListener("pointercancel", () => drop(false));
  node.addEventListener("click", () => {
    if (node.dataset.dropped) return delete node.dataset.dropped;
    turn(state, node, at, (Number(node.textContent) + 1) % GRADES);
  });
  node.addEventListener("keydown", (event) => {
    const side = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const up = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (event.key >= "0" && event.key < String(GRADES) && event.key.length === 1) turn(state, node, at, Number(event.key));
    else if (side && event.shiftKey && !at.isLost && at.rank + side >= 0 && at.rank + side < at.n) move(state, at, at.rank + side);
    else if (side) state.root.querySelector(`[data-id="cell ${at.query} ${at.rank + side}"]`)?.focus();
    else if (up) state.root.querySelector(`[data-id="cell ${at.query + up} ${at.rank}"]`)?.focus();
    else return;
    event.preventDefault();
  });
}
