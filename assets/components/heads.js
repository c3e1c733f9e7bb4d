// Every head of a model as a thumbnail: overview first, click one to open it.
import { composeSvg, h, mount, pictureButtons, readTones, s, saveSvg } from "./base.js";

export default function heads(component) {
  const state = mount(component, (fresh) => {
    fresh.grid = h("div", { class: "v-heads", role: "group" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.grid, fresh.foot);
    fresh.cache = new Map();
    keys(fresh);
  });
  const { data } = component;
  state.data = data;
  const tones = readTones(state.root);
  const ramp = [tones("--v-paper"), tones("--v-probability")];
  const paint = JSON.stringify([data.maps, ramp]);
  if (state.paint !== paint) {
    state.paint = paint;
    state.pictures = pictures(data, ramp);
  }
  const shape = JSON.stringify([data.order, paint.length, data.words, paint]);
  if (state.shape !== shape) {
    state.shape = shape;
    draw(state);
  }
  mark(state);
}

// One data URL a head: the map as an image, so 144 of them cost the browser nothing to lay out.
function pictures(data, ramp) {
  const bytes = Uint8Array.from(atob(data.maps), (c) => c.charCodeAt(0));
  const { side, layers, heads: width } = data;
  const canvas = h("canvas", { width: side, height: side });
  const pen = canvas.getContext("2d");
  const out = [];
  for (let n = 0; n < layers * width; n++) {
    const image = pen.createImageData(side, side);
    for (let k = 0; k < side * side; k++) {
      const share = bytes[n * side * side + k] / 255;
      for (let c = 0; c < 3; c++) image.data[4 * k + c] = Math.round((1 - share) * ramp[0][c] + share * ramp[1][c]);
      image.data[4 * k + 3] = 255;
    }
    pen.putImageData(image, 0, 0);
    out.push(canvas.toDataURL());
  }
  return out;
}

function draw(state) {
  const { data, grid, foot } = state;
  grid.setAttribute("aria-label", data.words.alt);
  grid.classList.toggle("v-ranked", data.ranked);
  grid.style.setProperty("--v-across", data.ranked ? "auto-fill" : data.heads);
  const tiles = data.order.map(([layer, head, caption]) =>
    h(
      "button",
      {
        type: "button",
        class: "v-head",
        "data-head": `${layer}.${head}`,
        tabindex: -1,
        "aria-label": `${data.words.layer} ${layer + 1}, ${data.words.head} ${head + 1}${caption ? `: ${caption}` : ""}`,
        title: `${data.words.layer} ${layer + 1} · ${data.words.head} ${head + 1}${caption ? ` · ${caption}` : ""}`,
        onclick: (event) => state.component.setTriggerValue(event.shiftKey ? "second" : "pick", `${layer}.${head}`),
      },
      h("img", { src: state.pictures[layer * data.heads + head], alt: "", draggable: "false" }),
      data.ranked ? h("span", {}, `${layer + 1}·${head + 1}`, h("b", {}, caption)) : null,
    ),
  );
  const headers = data.ranked
    ? []
    : Array.from({ length: data.heads }, (_, n) => h("span", { class: "v-axis", "aria-hidden": "true" }, String(n + 1)));
  if (data.ranked) grid.replaceChildren(...tiles);
  else {
    const rows = [h("span", { class: "v-axis" }, data.words.corner), ...headers];
    for (let layer = 0; layer < data.layers; layer++) {
      rows.push(h("span", { class: "v-axis", "aria-hidden": "true" }, String(layer + 1)));
      rows.push(...tiles.slice(layer * data.heads, (layer + 1) * data.heads));
    }
    grid.replaceChildren(...rows);
  }
  foot.replaceChildren(
    h("span", { class: "v-hint" }, data.words.hint),
    pictureButtons(data.words, (kind) => saveSvg(poster(state), data.name, kind)),
  );
}

function mark(state) {
  const { picked, second } = state.data;
  for (const node of state.grid.querySelectorAll("[data-head]")) {
    const is = node.dataset.head === picked;
    node.classList.toggle("v-picked", is);
    node.classList.toggle("v-other", node.dataset.head === second);
    node.setAttribute("aria-pressed", is);
    node.tabIndex = is ? 0 : -1;
  }
}

function keys(state) {
  state.grid.addEventListener("keydown", (event) => {
    const tiles = [...state.grid.querySelectorAll("[data-head]")];
    const at = tiles.indexOf(event.target.closest("[data-head]"));
    if (at < 0) return;
    const across = Math.max(1, tiles.findIndex((t) => t.offsetTop > tiles[0].offsetTop));
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[event.key];
    if (!by || !tiles[at + by]) return;
    event.preventDefault();
    tiles[at + by].focus();
  });
}

function poster(state) {
  const frame = state.grid.getBoundingClientRect();
  const out = composeSvg(state.grid, []);
  for (const node of state.grid.querySelectorAll("img")) {
    const at = node.getBoundingClientRect();
    out.append(
      s("image", { href: node.src, x: at.left - frame.left, y: at.top - frame.top, width: at.width, height: at.height, style: "image-rendering: pixelated" }),
    );
  }
  const ink = getComputedStyle(state.root).color;
  for (const node of state.grid.querySelectorAll("span")) {
    const at = node.getBoundingClientRect();
    out.append(
      s("text", { x: at.left + at.width / 2 - frame.left, y: at.top + at.height / 2 + 4 - frame.top, "text-anchor": "middle", "font-size": 11, "font-family": "sans-serif", fill: ink }, node.textContent),
    );
  }
  return out;
}
