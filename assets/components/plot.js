// A plotly figure that is updated with Plotly.react: nothing is remounted, so zoom, selection and focus survive.
import { h, mount, pictureButtons, player, save } from "./base.js";

let library;
function plotly() {
  library ??= new Promise((resolve, reject) => {
    const script = h("script", { src: new URL("./plotly.min.js", import.meta.url).href });
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  return library;
}

const CONFIG = { displaylogo: false, displayModeBar: false, responsive: true };

export default async function plot(component) {
  const state = mount(component, (fresh) => {
    fresh.chart = h("div", { class: "v-chart", role: "img" });
    fresh.foot = h("div", { class: "v-foot" });
    fresh.root.append(fresh.chart, fresh.foot);
  });
  const { data } = component;
  state.chart.style.height = `${data.height}px`;
  state.chart.setAttribute("aria-label", data.alt);
  const Plotly = await plotly();
  const figure = JSON.parse(data.figure);
  const ink = getComputedStyle(state.root).color;
  figure.layout.font = { ...figure.layout.font, color: ink };
  figure.layout.uirevision ??= data.name;
  const frames = figure.frames ?? [];
  await Plotly.react(state.chart, figure.data, figure.layout, CONFIG);

  if (!state.wired) {
    state.wired = true;
    state.chart.on("plotly_click", (event) => {
      const picked = event.points[0]?.customdata;
      if (picked !== undefined) state.component.setTriggerValue("pick", Array.isArray(picked) ? picked.join(".") : picked);
    });
  }
  const signature = JSON.stringify([frames.map((f) => f.name), data.words]);
  if (state.footFor !== signature) {
    state.footFor = signature;
    state.player?.pause();
    state.player = frames.length
      ? player({
          names: frames.map((f) => f.name),
          words: data.words,
          ms: 60,
          show: (step) => Plotly.react(state.chart, state.frames[step].data, state.layout, CONFIG),
          settled: () => {},
        })
      : null;
    state.foot.replaceChildren(
      ...(state.player ? [state.player.node] : [h("span", { class: "v-hint" })]),
      pictureButtons(data.words, async (kind) => {
        const size = { width: state.chart.clientWidth, height: state.chart.clientHeight };
        const url = await Plotly.toImage(state.chart, { format: kind, ...size, scale: kind === "png" ? 2 : 1 });
        save(`${state.component.data.name}.${kind}`, await (await fetch(url)).blob());
      }),
    );
  }
  state.frames = frames;
  state.layout = figure.layout;
}
