// A component's data come in a hidden element beside it, `<i data-mail="key">` with JSON for its text. It is seen here the
// moment it changes, before anything is painted.

const known = new WeakMap();

export function deliver(component, draw) {
  const { parentElement } = component;
  if (!known.has(parentElement)) known.set(parentElement, subscribe(parentElement));
  const state = known.get(parentElement);
  Object.assign(state, { component, draw, last: null });
  state.read();
}

function subscribe(parentElement) {
  const block = parentElement.closest(".stVerticalBlock, .stHorizontalBlock");
  const state = {
    read() {
      const mail = block.querySelector(`[data-mail="${state.component.data.mail}"]`);
      if (!mail || mail.textContent === state.last) return;
      state.last = mail.textContent;
      state.draw({ ...state.component, data: JSON.parse(state.last) });
    },
  };
  // What components draw themselves is no mail.
  const isOutside = ({ target }) => target.isConnected && !target.closest(".vidno");
  new MutationObserver((records) => records.some(isOutside) && state.read()).observe(block, { childList: true, subtree: true });
  return state;
}
