// One text cut by many tokenizers. A hovered token lights the same place of the text in every row; a click picks it.
import { h, mount } from "./base.js";

export default function cuts(component) {
  const state = mount(component, (fresh) => {
    fresh.root.classList.add("v-cu");
    wire(fresh);
  });
  const { data } = component;
  state.data = data;
  const { picked, ...rest } = data;
  const signature = JSON.stringify(rest);
  if (state.last !== signature) {
    state.last = signature;
    const focus = state.root.contains(document.activeElement) ? document.activeElement.dataset.at : null;
    state.root.replaceChildren(...(data.part === "forms" ? forms(data) : rows(data)));
    if (focus) state.root.querySelector(`[data-at="${CSS.escape(focus)}"]`)?.focus({ preventScroll: true });
  }
  settle(state);
}

// ---- drawing --------------------------------------------------------------------------------------------------

function rows(data) {
  const strip = data.strip
    ? [h("div", { class: "v-cu-strip", "aria-label": data.words.text }, ...data.strip.map(([sign, bytes], n) => cell(sign, bytes, n)))]
    : [];
  return [...strip, ...data.rows.map((row) => line(data, row)), h("p", { class: "v-hint" }, data.words.hint)];
}

function cell(sign, bytes, n) {
  return h("span", { class: "v-cu-cell", "data-from": n, "data-to": n + 1, "data-row": "" }, h("b", {}, sign), ...bytes.map((byte) => h("small", {}, byte)));
}

function line(data, row) {
  const verdict = row.back
    ? h("small", { class: row.lossless ? "v-cu-good" : "v-cu-bad" }, row.lossless ? `✓ ${data.words.lossless}` : `✗ ${data.words.lost} ${row.lost}`)
    : null;
  const back = row.back ? h("p", { class: "v-cu-back", hidden: true }, h("i", {}, data.words.back), ...row.back.flatMap(change)) : null;
  return h(
    "div",
    { class: `v-cu-line${row.id === "lang" ? " v-cu-narrow" : ""}`, "data-line": row.id },
    h("div", { class: "v-cu-name" }, h("b", {}, row.name), h("small", {}, row.facts), verdict),
    h("div", { class: "v-cu-body" }, h("div", { class: "v-cu-chips" }, ...row.chips.map((item, n) => chip(data, row, item, n))), back),
  );
}

function change([kind, old, now]) {
  if (kind === "equal") return [h("span", {}, now)];
  return [old ? h("del", {}, old) : null, now ? h("ins", {}, now) : null];
}

function chip(data, row, [shown, id, from, to, unknown, piece], n) {
  const at = row.id === "lang" ? `lang.${data.rows.indexOf(row)}` : `${row.id}.${n}`;
  return h(
    "button",
    {
      type: "button",
      class: `v-cu-chip${unknown ? " v-cu-unknown" : ""}`,
      style: `--v-turn:${n % 5}`,
      "data-at": at,
      "data-row": row.id === "lang" ? row.name : row.id,
      "data-from": from,
      "data-to": to,
      title: unknown ? `${piece} · ${data.words.unknown}` : `${piece} · id ${id}`,
    },
    h("span", {}, shown || "∅"),
    row.id === "lang" ? null : h("small", {}, id < 0 ? "—" : String(id)),
  );
}

function forms(data) {
  const head = h("div", { class: "v-cu-formrow v-cu-formhead" }, h("span", {}, ""), ...data.head.map((name) => h("span", {}, name)));
  const body = data.rows.map(([form, cuts]) =>
    h(
      "div",
      { class: "v-cu-formrow" },
      h("b", {}, form),
      ...cuts.map((pieces, k) =>
        h(
          "span",
          { class: "v-cu-formcut" },
          ...pieces.map(([shown, id, , , unknown], n) =>
            h(
              "span",
              { class: `v-cu-chip${unknown ? " v-cu-unknown" : ""}${n === 0 && shown === data.stems[k][0] ? " v-cu-stem" : ""}`, style: `--v-turn:${n % 5}`, title: `id ${id < 0 ? "—" : id}` },
              shown,
            ),
          ),
        ),
      ),
    ),
  );
  const mean = h("div", { class: "v-cu-formrow v-cu-formfoot" }, h("span", {}, data.words.mean), ...data.mean.map((value) => h("b", {}, value)));
  const stem = h(
    "div",
    { class: "v-cu-formrow v-cu-formfoot" },
    h("span", {}, data.words.stem),
    ...data.stems.map(([piece, count]) => h("span", {}, count > 1 ? `${piece} · ${count}/${data.rows.length}` : "—")),
  );
  return [h("div", { class: "v-cu-forms", style: `--v-cols:${data.head.length}` }, head, ...body, mean, stem)];
}

// ---- linked hover ---------------------------------------------------------------------------------------------

function wire(state) {
  const over = (event) => {
    const node = event.target.closest?.("[data-from]");
    light(state, node && state.root.contains(node) ? node : null);
  };
  state.root.addEventListener("pointerover", over);
  state.root.addEventListener("focusin", over);
  state.root.addEventListener("pointerleave", () => light(state, null));
  state.root.addEventListener("focusout", () => light(state, null));
  state.root.addEventListener("click", (event) => {
    const node = event.target.closest?.("button[data-at]");
    if (node) state.component.setTriggerValue("pick", node.dataset.at);
  });
}

function settle(state) {
  if (state.data.part === "forms") return;
  const picked = state.data.picked;
  const line = picked.split(".")[0];
  for (const node of state.root.querySelectorAll("button[data-at]")) node.classList.toggle("v-picked", node.dataset.at === picked);
  for (const node of state.root.querySelectorAll("[data-line]")) {
    const isOpen = node.dataset.line === line;
    node.classList.toggle("v-cu-open", isOpen && Boolean(state.data.strip));
    const back = node.querySelector(".v-cu-back");
    if (back) back.hidden = !isOpen;
  }
  light(state, null);
}

function light(state, node) {
  if (state.data.part === "forms") return;
  // Without the strip every row is a text of its own, so places are compared within one row.
  const isOne = Boolean(state.data.strip);
  const source = node ?? (isOne ? state.root.querySelector("button.v-picked") : null);
  const [from, to] = source ? [Number(source.dataset.from), Number(source.dataset.to)] : [0, 0];
  for (const other of state.root.querySelectorAll("[data-from]")) {
    const isNear = source && (isOne || other.dataset.row === source.dataset.row);
    other.classList.toggle("v-lit", Boolean(isNear && Number(other.dataset.from) < to && Number(other.dataset.to) > from));
  }
}
