// What every Vidno component shares: element building, a bus for linked hover, a player, export of pictures.

const SVG = "http://www.w3.org/2000/svg";

// Text always goes through textContent, so nothing a visitor typed is ever parsed as HTML.
export function h(tag, attrs = {}, ...kids) {
  const node = document.createElement(tag);
  return fill(node, attrs, kids);
}

export function s(tag, attrs = {}, ...kids) {
  const node = document.createElementNS(SVG, tag);
  return fill(node, attrs, kids);
}

function fill(node, attrs, kids) {
  for (const [name, value] of Object.entries(attrs)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style" && typeof value === "object") Object.assign(node.style, value);
    else node.setAttribute(name, value);
  }
  for (const kid of kids.flat()) if (kid !== null && kid !== undefined) node.append(kid);
  return node;
}

// One state object per mounted component, kept between the reruns of the page.
const states = new WeakMap();

export function mount(component, build) {
  const { parentElement } = component;
  let state = states.get(parentElement);
  if (!state) {
    const root = h("div", { class: "vidno" });
    parentElement.append(root);
    state = { root };
    states.set(parentElement, state);
    build(state);
  }
  state.component = component;
  return state;
}

// Linked views: every component hears what another one is hovering.
export function say(topic, detail) {
  window.dispatchEvent(new CustomEvent(`vidno:${topic}`, { detail }));
}

export function hear(topic, handler) {
  const wrapped = (event) => handler(event.detail);
  window.addEventListener(`vidno:${topic}`, wrapped);
  return () => window.removeEventListener(`vidno:${topic}`, wrapped);
}

export function later(wait, action) {
  let timer = 0;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...args), wait);
  };
}

// Draws again when `node` has another width than `state.width`. Never under a reader's hand: what is held is let go
// first, and what had the focus has it afterwards.
export function refit(state, draw, node = state.root) {
  let isHeld = false;
  node.addEventListener("pointerdown", () => (isHeld = true), true);
  for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => (isHeld = false), true);
  const again = later(100, () => {
    if (!state.data || !node.clientWidth || node.clientWidth === state.width) return;
    if (isHeld) again();
    else keepFocus(node, () => draw(state));
  });
  new ResizeObserver(again).observe(node);
}

const FOCUSABLE = "[tabindex], button, input, select, textarea";

// The same place in the order of what can be focused, when `draw` put new elements for old ones.
export function keepFocus(root, draw) {
  const place = [...root.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
  draw();
  if (place >= 0 && !root.contains(document.activeElement)) root.querySelectorAll(FOCUSABLE)[place]?.focus({ preventScroll: true });
}

// Play, pause, step, scrub. Runs in the browser: `show(index)` draws a step, `settled(index)` tells the server where the
// reader stopped.
export function player({ names, words, ms, show, settled }) {
  let index = 0;
  let timer = 0;
  const tell = later(200, settled);
  const label = h("output", { class: "v-step" });
  const range = h("input", { type: "range", min: 0, max: names.length - 1, step: 1, "aria-label": words.step });
  const play = h("button", { type: "button", class: "v-play" });

  function go(next, { quiet = false } = {}) {
    index = Math.max(0, Math.min(names.length - 1, next));
    range.value = index;
    range.setAttribute("aria-valuetext", names[index]);
    label.textContent = `${index + 1}/${names.length} · ${names[index]}`;
    show(index);
    if (!quiet) tell(index);
  }
  function pause() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "▶";
    play.setAttribute("aria-label", words.play);
    play.title = words.play;
  }
  function toggle() {
    if (timer) return pause();
    if (index === names.length - 1) go(0, { quiet: true });
    timer = setInterval(() => {
      go(index + 1);
      if (index === names.length - 1) pause();
    }, ms);
    play.textContent = "❚❚";
    play.setAttribute("aria-label", words.pause);
    play.title = words.pause;
  }
  play.addEventListener("click", toggle);
  range.addEventListener("input", () => {
    pause();
    go(Number(range.value));
  });
  const move = (by) => () => {
    pause();
    go(index + by);
  };
  const node = h(
    "div",
    { class: "v-player", role: "group", "aria-label": words.step },
    h("button", { type: "button", "aria-label": words.back, title: words.back, onclick: move(-1) }, "◀"),
    play,
    h("button", { type: "button", "aria-label": words.forward, title: words.forward, onclick: move(1) }, "▶▏"),
    range,
    label,
  );
  pause();
  return { node, go, pause, playing: () => Boolean(timer), index: () => index };
}

// The colours of the present theme as [r, g, b]: variables are resolved by a probe element, each once.
export function readTones(root) {
  const probe = h("span", { hidden: true });
  const known = new Map();
  const read = (name) => {
    if (!known.has(name)) {
      root.append(probe);
      probe.style.color = `var(${name})`;
      known.set(name, (getComputedStyle(probe).color.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number)); // off the page there is no colour
      probe.remove();
    }
    return known.get(name);
  };
  return read;
}

// ---- pictures -------------------------------------------------------------------------------------------------

// An exported SVG must look the same outside the page, so the computed paint is written into its nodes.
export function freezePaint(svg) {
  const copy = svg.cloneNode(true);
  const from = [svg, ...svg.querySelectorAll("*")];
  const to = [copy, ...copy.querySelectorAll("*")];
  from.forEach((node, i) => {
    const style = getComputedStyle(node);
    for (const name of ["fill", "stroke", "stroke-width", "opacity", "font-family", "font-size", "font-weight", "text-anchor"]) {
      to[i].setAttribute(name, style.getPropertyValue(name));
    }
    to[i].removeAttribute("class");
    to[i].removeAttribute("tabindex");
  });
  return copy;
}

// One SVG of several, each where it stands on the page.
export function composeSvg(root, parts) {
  const frame = root.getBoundingClientRect();
  const out = s("svg", { xmlns: SVG, width: frame.width, height: frame.height, viewBox: `0 0 ${frame.width} ${frame.height}` });
  const paper = getComputedStyle(root).getPropertyValue("--v-export-paper") || getComputedStyle(document.body).backgroundColor;
  out.append(s("rect", { width: "100%", height: "100%", fill: paper }));
  for (const part of parts) {
    const at = part.getBoundingClientRect();
    const copy = freezePaint(part);
    copy.setAttribute("x", at.left - frame.left);
    copy.setAttribute("y", at.top - frame.top);
    copy.setAttribute("width", at.width);
    copy.setAttribute("height", at.height);
    out.append(copy);
  }
  return out;
}

export function save(name, blob) {
  const url = URL.createObjectURL(blob);
  const link = h("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export async function saveSvg(svg, name, kind) {
  const text = new XMLSerializer().serializeToString(svg);
  const blob = new Blob([text], { type: "image/svg+xml" });
  if (kind === "svg") return save(`${name}.svg`, blob);
  const image = new Image();
  const scale = 2;
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = h("canvas", { width: svg.getAttribute("width") * scale, height: svg.getAttribute("height") * scale });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((png) => save(`${name}.png`, png));
}

export function pictureButtons(words, act) {
  const button = (kind) =>
    h("button", { type: "button", class: "v-save", title: words.save, "aria-label": `${words.save} ${kind.toUpperCase()}`, onclick: () => act(kind) }, kind.toUpperCase());
  return h("div", { class: "v-saves" }, button("svg"), button("png"));
}
