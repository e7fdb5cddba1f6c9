// `phx-debounce` and `phx-throttle`: how often an element may send.

const DEFAULT_WAIT = 300;
const rateStates = new WeakMap(); // element -> Map of event -> { timer, action, isClosed, key }

// Calls `action` now, later or never, as the element (or its form) says.
function rateLimited(element, event, action) {
  const form = event.type === "click" ? undefined : element.form;
  const setting = (name) => element.getAttribute(name) ?? form?.getAttribute(name) ?? null;
  const debounce = setting("phx-debounce");
  const throttle = setting("phx-throttle");
  if (debounce !== null) return debounced(element, event, debounce, action);
  if (throttle !== null) return throttled(element, event, waitOf(throttle), action);
  action();
}

const waitOf = (text) => (text === "" ? DEFAULT_WAIT : Number(text));

// `input` and `change` are one kind of event to the user.
function stateOf(element, event) {
  const kind = event.type === "change" ? "input" : event.type;
  if (!rateStates.has(element)) rateStates.set(element, new Map());
  const states = rateStates.get(element);
  if (!states.has(kind)) states.set(kind, {});
  return states.get(kind);
}

// Waits until the user pauses, or leaves the field.
function debounced(element, event, setting, action) {
  const state = stateOf(element, event);
  clearTimeout(state.timer);
  state.action = action;
  if (setting !== "blur") state.timer = setTimeout(() => flush(state), waitOf(setting));
  if (state.isWatched) return;
  state.isWatched = true;
  element.addEventListener("blur", () => flush(state));
  // A submit sends everything: what still waits would come after it.
  element.form?.addEventListener("submit", () => {
    clearTimeout(state.timer);
    state.action = null;
  }, true);
}

function flush(state) {
  clearTimeout(state.timer);
  const action = state.action;
  state.action = null;
  action?.();
}

// Sends at once, then nothing for a while. Another key is another event.
function throttled(element, event, wait, action) {
  const state = stateOf(element, event);
  const isOtherKey = event.key !== undefined && event.key !== state.key;
  if (state.isClosed && !isOtherKey) return;
  clearTimeout(state.timer);
  state.isClosed = true;
  state.key = event.key;
  state.timer = setTimeout(() => (state.isClosed = false), wait);
  action();
}
