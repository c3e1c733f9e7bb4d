// A computation graph: values flow to the right, gradients back to the left, node by node. A variable's number is dragged.
import { isStill, write } from "./activation.js";
import { composeSvg, h, later, mount, pictureButtons, player, s, saveSvg } from "./base.js";
import { sigmoid } from "./neuron.js";

const NODE = { width: 78, height: 56 };
const LIMIT = 1000;
const sig = (v) => sigmoid(v);
// Value and slopes of every operation, as in core/foundations/graph.py.
const OPERATIONS = {
  add: [(a, b) => a + b, () => [1, 1]],
  sub: [(a, b) => a - b, () => [1, -1]],
  mul: [(a, b) => a * b, (a, b) => [b, a]],
  div: [(a, b) => a / b, (a, b) => [1 / b, -a / (b * b)]],
  neg: [(a) => -a, () => [-1]],
  sigmoid: [sig, (a) => [sig(a) * sig(-a)]],
  relu: [(a) => Math.max(a, 0), (a) => [a > 0 ? 1 : 0]],
  tanh: [Math.tanh, (a) => [4 * sig(2 * a) * sig(-2 * a)]],
  softplus: [(a) => Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a))), (a) => [sig(a)]],
  exp: [Math.exp, (a) => [Math.exp(a)]],
  log: [Math.log, (a) => [1 / a]],
  sqrt: [Math.sqrt, (a) => [0.5 / Math.sqrt(a)]],
  abs: [Math.abs, (a) => [Math.sign(a)]],
  sin: [Math.sin, (a) => [Math.cos(a)]],
  cos: [Math.cos, (a) => [-Math.sin(a)]],
};
const spell = (v) => (Number.isNaN(v) ? "—" : Number.isFinite(v) ? (Math.abs(v) >= 1e4 ? v.toExponential(1).replace("-", "−") : write(v, 3)) : v > 0 ? "∞" : "−∞");

export default function graph(component) {
  const state = mount(component, (fresh) => {
    fresh.stage = h("div", { class: "v-gr-stage" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.stage, fresh.foot);
    fresh.tell = (kind, value) => !fresh.data.fixed && fresh.component.setTriggerValue(kind, value);
    fresh.settle = later(200, () => {
      fresh.isWaiting = false;
      fresh.tell("values", variables(fresh).map((k) => `${fresh.data.nodes[k].name} = ${fresh.values[k]}`).join("; "));
    });
  });
  const { picked, step, ...rest } = component.data;
  const signature = JSON.stringify(rest);
  state.picked = picked;
  if (signature === state.last) return paint(state);
  if (state.drag || state.isWaiting) return;
  const isFirst = !state.data;
  const shape = JSON.stringify([rest.nodes.map((node) => [node.kind, node.name, node.inputs]), rest.words]);
  state.last = signature;
  state.data = component.data;
  state.values = rest.nodes.map((node) => node.value ?? NaN);
  compute(state);
  if (shape !== state.shape) {
    state.shape = shape;
    build(state);
    wire(state);
    state.player.go(step === null ? state.names.length - 1 : Math.min(step, state.names.length - 1), { quiet: true });
    if (step === null && !rest.fixed && !isStill()) {
      state.player.go(0, { quiet: true });
      state.player.node.querySelector(".v-play").click();
    }
  } else paint(state);
  if (isFirst) focusOn(state);
}

const variables = (state) => state.data.nodes.map((node, k) => [node, k]).filter(([node]) => node.kind === "variable").map(([, k]) => k);

// Forward in the order of the nodes, backward against it; every term of a gradient is kept with its edge.
function compute(state) {
  const { nodes, isOverwritten } = state.data;
  const v = state.values;
  state.slopes = nodes.map((node, k) => {
    if (!node.inputs.length) return [];
    const given = node.inputs.map((j) => v[j]);
    if (node.kind === "pow") {
      v[k] = given[0] ** node.power;
      return [node.power ? node.power * given[0] ** (node.power - 1) : 0];
    }
    const [value, slopes] = OPERATIONS[node.kind];
    v[k] = value(...given);
    return slopes(...given);
  });
  const last = nodes.length - 1;
  state.grads = nodes.map((_, k) => (k === last ? 1 : 0));
  state.terms = nodes.map(() => []);
  for (let k = last; k >= 0; k--) {
    state.terms[k] = state.slopes[k].map((slope) => state.grads[k] * slope);
    nodes[k].inputs.forEach((j, i) => (state.grads[j] = isOverwritten ? state.terms[k][i] : state.grads[j] + state.terms[k][i]));
  }
}

function wire(state) {
  const { nodes, words } = state.data;
  state.inner = nodes.map((_, k) => k).filter((k) => nodes[k].inputs.length);
  const back = state.inner.slice().reverse();
  state.order = [...state.inner.map((k) => [k, 1]), [nodes.length - 1, 0], ...back.map((k) => [k, -1])];
  state.names = [words.leaves, ...state.order.map(([k, way]) => (way > 0 ? `→ ${nodes[k].name}` : way ? `← ${nodes[k].name}` : "∂f/∂f = 1"))];
  state.player?.pause();
  state.player = player({
    names: state.names,
    words,
    ms: Math.max(160, Math.min(620, 9000 / state.names.length)),
    show: (t) => {
      state.t = t;
      paint(state);
    },
    settled: (t) => !state.player.playing() && state.tell("step", t === state.names.length - 1 ? null : t),
  });
  state.foot.replaceChildren(
    state.player.node,
    pictureButtons(words, (kind) => saveSvg(composeSvg(state.stage, [state.svg]), state.data.key, kind)),
    ...(state.data.fixed ? [] : [h("span", { class: "v-hint v-ne-hint" }, words.hint)]),
  );
}

function build(state) {
  const { nodes, alt } = state.data;
  const across = Math.max(...nodes.map((node) => node.col)) + 1;
  const down = Math.max(...nodes.flatMap((node) => [node.row, ...node.ways.flat()])) + 1;
  const pitch = Math.max(126, Math.min(168, Math.floor((state.root.clientWidth - NODE.width - 8) / Math.max(1, across - 1))));
  const width = (across - 1) * pitch + NODE.width + 8;
  const height = (down - 1) * 74 + NODE.height + 12;
  const x = (k) => 4 + nodes[k].col * pitch;
  const y = (k) => 6 + nodes[k].row * 74;
  state.svg = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": alt });
  const labels = [];
  state.edges = nodes.map((node, k) =>
    node.inputs.map((j, i) => {
      // The upper of two inputs comes in above, so that edges do not cross at the door.
      const from = node.inputs.map((source, n) => node.ways[n].at(-1) ?? nodes[source].row);
      const isLower = node.inputs.length > 1 && (from[i] === from[1 - i] ? i === 1 : from[i] > from[1 - i]);
      const spread = node.inputs.length > 1 ? (isLower ? 12 : -12) : 0;
      const middle = (row) => 6 + row * 74 + NODE.height / 2;
      // Through the places that a long edge holds in the columns it skips.
      const stops = [
        [x(j) + NODE.width, middle(nodes[j].row)],
        ...node.ways[i].flatMap((row, n) => [0, NODE.width].map((by) => [4 + (nodes[j].col + 1 + n) * pitch + by, middle(row)])),
        [x(k), middle(node.row) + spread],
      ];
      let d = `M${stops[0].join(" ")}`;
      for (let n = 1; n < stops.length; n++) {
        const [[x0, y0], [x1, y1]] = [stops[n - 1], stops[n]];
        const bend = (x1 - x0) / 2;
        d += `C${x0 + bend} ${y0} ${x1 - bend} ${y1} ${x1} ${y1}`;
      }
      const path = s("path", { class: "v-gr-edge", d });
      const [[x0, y0], [x1, y1]] = stops.slice(-2);
      const label = s("text", { class: "v-gr-grad v-halo", "text-anchor": "middle", x: x0 + 0.66 * (x1 - x0), y: y0 + 0.8 * (y1 - y0) + (isLower ? 15 : -7) });
      state.svg.append(path);
      labels.push(label);
      return { path, label };
    }),
  );
  state.boxes = nodes.map((node, k) => {
    const isLeaf = !node.inputs.length;
    const value = s("text", { class: "v-gr-value", x: NODE.width / 2, y: 34, "text-anchor": "middle" });
    const grad = s("text", { class: "v-gr-grad", x: NODE.width / 2, y: 49, "text-anchor": "middle" });
    const title = isLeaf ? node.name : node.name === "f" ? `f: ${node.sign}` : `${node.name}: ${node.sign}`;
    const box = s(
      "g",
      {
        class: `v-gr-node${node.kind === "variable" ? " v-leaf" : node.kind === "number" ? " v-number-leaf" : ""}`,
        transform: `translate(${x(k)} ${y(k)})`,
        tabindex: 0,
        role: "button",
        onclick: () => pick(state, k),
      },
      s("rect", { width: NODE.width, height: NODE.height, rx: 10 }),
      s("text", { class: "v-gr-sign", x: NODE.width / 2, y: 17, "text-anchor": "middle" }, title),
      value,
      grad,
    );
    if (node.kind === "variable" && !state.data.fixed) scrub(state, box, value, k);
    box.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        pick(state, k);
      }
    });
    state.svg.append(box);
    return { box, value, grad };
  });
  state.svg.append(...labels);
  state.stage.replaceChildren(state.svg);
}

// The end of a graph that is too wide for the screen is where its answer is; the start is what one reads first.
function focusOn(state) {
  state.stage.scrollLeft = 0;
}

function pick(state, k) {
  const isNew = k !== state.picked;
  state.picked = k;
  paint(state);
  if (isNew) state.tell("pick", k);
}

function scrub(state, box, value, k) {
  let from = null;
  const put = (next) => {
    state.values[k] = Math.max(-LIMIT, Math.min(LIMIT, Number(next.toFixed(3))));
    compute(state);
    paint(state);
  };
  const done = () => {
    state.drag = false;
    state.isWaiting = true;
    state.settle();
  };
  value.addEventListener("pointerdown", (event) => {
    from = { x: event.clientX, value: state.values[k] };
    state.drag = true;
    state.player.pause();
    value.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  value.addEventListener("pointermove", (event) => from && put(from.value + Math.round((event.clientX - from.x) / 2) * 0.05));
  value.addEventListener("pointerup", (event) => {
    const isMoved = from && Math.abs(event.clientX - from.x) > 2;
    from = null;
    if (isMoved) done();
    else state.drag = false;
  });
  box.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -0.1, ArrowDown: -0.1, ArrowRight: 0.1, ArrowUp: 0.1 }[event.key];
    if (!by) return;
    event.preventDefault();
    put(state.values[k] + by);
    done();
  });
}

function paint(state) {
  if (!state.boxes || !state.order) return;
  const { nodes } = state.data;
  const done = state.order.slice(0, state.t);
  const now = done.at(-1);
  const forward = new Set(done.filter(([, way]) => way > 0).map(([k]) => k));
  const backward = new Set(done.filter(([, way]) => way < 0).map(([k]) => k));
  const isSeeded = done.some(([, way]) => way === 0);
  // What has arrived so far: a gradient is the sum of the terms that are already there.
  const arrived = nodes.map(() => null);
  if (isSeeded) arrived[nodes.length - 1] = 1;
  for (const k of [...backward]) {
    nodes[k].inputs.forEach((j, i) => (arrived[j] = state.data.isOverwritten ? state.terms[k][i] : (arrived[j] ?? 0) + state.terms[k][i]));
  }
  nodes.forEach((node, k) => {
    const { box, value, grad } = state.boxes[k];
    const isKnown = !node.inputs.length || forward.has(k);
    value.textContent = isKnown ? spell(state.values[k]) : "·";
    grad.textContent = arrived[k] === null ? "" : `∂ ${spell(arrived[k])}`;
    box.classList.toggle("v-now", Boolean(now) && now[0] === k && state.t < state.order.length);
    box.classList.toggle("v-picked", k === state.picked);
    node.inputs.forEach((_, i) => {
      const { path, label } = state.edges[k][i];
      path.classList.toggle("v-on", forward.has(k));
      path.classList.toggle("v-back", backward.has(k));
      path.classList.toggle("v-now", Boolean(now) && now[0] === k && state.t < state.order.length);
      label.textContent = backward.has(k) ? spell(state.terms[k][i]) : "";
    });
  });
}
