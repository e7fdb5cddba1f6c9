// Hooks: an application's own code for an element, called at each turn of the element's life.
// `LiveTape.hooks.Chart = { mounted() {…}, updated() {…} }` (or a class) serves `phx-hook="Chart"`.

const CALLBACKS = ["mounted", "beforeUpdate", "updated", "destroyed", "disconnected", "reconnected"];

// Pairs an element with the object that the application's callbacks see as `this`.
class Hook {
  constructor(view, el, definition) {
    this.view = view;
    this.el = el;
    this.isDisconnected = false;
    this.listeners = new Map(); // reference -> [event name, listener]
    this.self = typeof definition === "function" ? new definition() : Object.create(definition);
    for (const name of CALLBACKS) this.self[name] ??= () => {};
    Object.assign(this.self, this.api());
  }

  api() {
    const { view, el } = this;
    return {
      el,
      liveSocket: view.socket,
      pushEvent: (event, payload, onReply) => this.pushToView(event, payload, onReply),
      pushEventTo: (target, event, payload, onReply) => this.pushTo(target, event, payload, onReply),
      handleEvent: (event, callback) => this.listen(event, callback),
      removeHandleEvent: (reference) => this.ignore(reference),
      upload: (name, files) => view.uploads.add(this.view.el, name, files),
      uploadTo: (target, name, files) => this.uploadTo(target, name, files),
      js: () => ({ exec: (commands) => view.socket.execJS(el, commands, "hook") }),
    };
  }

  pushToView(event, payload, onReply) {
    const result = this.push({ view: this.view }, event, payload, onReply).then(({ reply }) => reply);
    // Who gave a callback, or wants no answer, must not get an unhandled rejection.
    result.catch((error) => this.view.socket.log(this.view, "error", `pushEvent ${event}`, error));
    return result;
  }

  // To all views and components that a selector means; resolves to what became of each: [{ status, value, reason }].
  pushTo(target, event, payload, onReply) {
    const targets = targetsOf(this.view, this.el, target);
    return Promise.allSettled(targets.map((one) => this.push(one, event, payload, onReply)));
  }

  // Resolves to { reply, ref }.
  push({ view, cid }, event, value = {}, onReply = () => {}) {
    const hold = { element: this.el, lock: true, loadingClass: "phx-hook-loading" };
    return new Promise((resolve, reject) => {
      const ok = (_, reply, ref) => {
        onReply(reply, ref);
        resolve({ reply, ref });
      };
      pushEvent(view, { type: "hook", event, value, cid }, [hold], { ok, error: reject });
    });
  }

  listen(event, callback) {
    const listener = ({ detail }) => callback(detail);
    window.addEventListener(`phx:${event}`, listener);
    this.listeners.set(listener, event);
    return listener;
  }

  ignore(listener) {
    window.removeEventListener(`phx:${this.listeners.get(listener)}`, listener);
    this.listeners.delete(listener);
  }

  uploadTo(target, name, files) {
    const roots = target instanceof Element ? [target] : [...document.querySelectorAll(target)];
    for (const root of roots) this.view.uploads.add(root, name, files);
  }

  call(name) {
    this.self[name]();
  }

  disconnected() {
    this.isDisconnected = true;
    this.call("disconnected");
  }

  reconnected() {
    this.isDisconnected = false;
    this.call("reconnected");
  }

  destroy() {
    this.view.hooks.delete(this.el);
    this.call("destroyed");
    for (const listener of [...this.listeners.keys()]) this.ignore(listener);
  }
}

function mountHook(view, el) {
  const name = el.getAttribute("phx-hook") ?? el.getAttribute("data-phx-hook");
  if (!name || view.hooks.has(el)) return;
  const definition = view.socket.options.hooks[name] ?? BUILT_IN_HOOKS[name];
  if (!definition) return console.error(`no hook "${name}" is registered`, el);
  if (!el.id) return console.error(`the element of hook "${name}" has no id`, el);
  const hook = new Hook(view, el, definition);
  view.hooks.set(el, hook);
  hook.call("mounted");
}

// Hooks that the framework itself writes into pages.
const BUILT_IN_HOOKS = {
  // A file input is followed by Uploads, which looks at the attributes after each patch.
  "Phoenix.LiveFileUpload": {},

  // Shows a file that was chosen but is not on the server yet.
  "Phoenix.LiveImgPreview": {
    mounted() {
      const view = this.liveSocket.ownerOf(this.el);
      const file = view.uploads.fileOf(this.el.dataset.phxUploadRef, this.el.dataset.phxEntryRef);
      if (!file) return;
      this.url = URL.createObjectURL(file);
      this.el.src = this.url;
    },
    updated() {
      if (this.url) this.el.src = this.url;
    },
    destroyed() {
      URL.revokeObjectURL(this.url);
    },
  },

  // Keeps the Tab key inside a dialog: two marks stand around its content.
  "Phoenix.FocusWrap": {
    mounted() {
      const [first, last] = [this.el.firstElementChild, this.el.lastElementChild];
      first?.addEventListener("focus", () => focusEdge(this.el, -1));
      last?.addEventListener("focus", () => focusEdge(this.el, 1));
    },
  },
};

function focusEdge(container, direction) {
  const marks = [container.firstElementChild, container.lastElementChild];
  const inside = focusable(container).filter((one) => !marks.includes(one));
  inside.at(direction === 1 ? 0 : -1)?.focus();
}

function focusable(container) {
  const selector = "a[href],area[href],button,input,select,textarea,iframe,[tabindex],[contenteditable=true]";
  const isUsable = (one) => !one.disabled && one.type !== "hidden" && one.tabIndex >= 0 && isVisible(one);
  return [...container.querySelectorAll(selector)].filter(isUsable);
}

function isVisible(element) {
  return element.getClientRects().length > 0;
}
