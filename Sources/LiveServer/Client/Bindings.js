// The `phx-…` attributes of a page: one listener for each kind of browser event, on the window.

class Bindings {
  constructor(socket) {
    this.socket = socket;
    this.lastInput = null;
  }

  start() {
    const on = (type, listener, target = window) => target.addEventListener(type, listener, type === "scroll");
    on("mousedown", (event) => (this.pressedOn = event.target));
    on("click", (event) => this.clicked(event));
    for (const type of ["keydown", "keyup"]) on(type, (event) => this.key(type, event));
    on("focusin", (event) => this.focus("focus", event));
    on("focusout", (event) => this.focus("blur", event));
    for (const type of ["focus", "blur"]) on(type, (event) => event.target === window && this.window(type, event));
    for (const type of ["input", "change"]) on(type, (event) => this.changed(event));
    on("submit", (event) => this.submitted(event));
    on("reset", (event) => this.reset(event));
    for (const type of ["dragover", "dragenter", "dragleave", "drop"]) on(type, (event) => this.dragged(event));
    new Viewport(this.socket).start();
  }

  run(element, attribute, event, options) {
    const run = () => this.socket.execJS(element, element.getAttribute(attribute), options.type, options);
    rateLimited(element, event, run);
  }

  // ---- clicks

  clicked(event) {
    const pressed = this.pressedOn?.isConnected ? this.pressedOn : event.target;
    this.pressedOn = null;
    const target = event.target.closest?.("[phx-click]");
    this.clickedAway(event, event.detail === 0 ? event.target : pressed);
    if (!target || target.disabled) return;
    if (target.getAttribute("href") === "#") event.preventDefault();
    // One click at a time: the next counts once the server has answered.
    if (isWaiting(target)) return;
    this.run(target, "phx-click", event, { type: "click", event });
  }

  clickedAway(event, from) {
    for (const element of document.querySelectorAll("[phx-click-away]")) {
      if (element.contains(from) || !isVisible(element)) continue;
      this.run(element, "phx-click-away", event, { type: "click", event });
    }
  }

  // ---- keys and focus

  key(type, event) {
    if (event.key === undefined) return; // a browser that fills in a form
    const target = event.target;
    if (target.hasAttribute?.(`phx-${type}`)) this.keyOn(target, `phx-${type}`, type, event);
    else for (const element of this.bound(`phx-window-${type}`)) this.keyOn(element, `phx-window-${type}`, type, event);
  }

  keyOn(element, attribute, type, event) {
    const wanted = element.getAttribute("phx-key");
    if (wanted !== null && wanted.toLowerCase() !== event.key.toLowerCase()) return;
    this.run(element, attribute, event, { type, event, value: { key: event.key } });
  }

  focus(type, event) {
    if (!event.target.hasAttribute?.(`phx-${type}`)) return;
    this.run(event.target, `phx-${type}`, event, { type, event });
  }

  window(type, event) {
    const attribute = `phx-window-${type}`;
    for (const element of this.bound(attribute)) this.run(element, attribute, event, { type, event });
  }

  bound(attribute) {
    return document.querySelectorAll(`[${attribute}]`);
  }

  // ---- forms

  changed(event) {
    const field = event.target;
    const holder = field.hasAttribute?.("phx-change") ? field : field.form;
    this.socket.uploadsOf(field)?.track(field);
    // A browser says `input` and then `change` of the same thing.
    const isRepeated = event.type === "change" && this.lastInput === field;
    this.lastInput = event.type === "input" ? field : null;
    if (isRepeated || !holder?.hasAttribute("phx-change")) return;
    if (field.type === "number" && field.validity?.badInput) return;
    rateLimited(field, event, () => {
      this.socket.execJS(holder, holder.getAttribute("phx-change"), "change", { type: "change", event, field });
    });
  }

  submitted(event) {
    const form = event.target;
    if (!form.hasAttribute("phx-submit")) return; // it goes to its action, as any form
    event.preventDefault();
    if (isLocked(form) && form.classList.contains("phx-submit-loading")) return;
    const options = { type: "submit", event, submitter: event.submitter };
    this.socket.execJS(form, form.getAttribute("phx-submit"), "submit", options);
  }

  // The fields have their first values only after the event.
  reset(event) {
    const form = event.target;
    if (!form.hasAttribute("phx-change")) return;
    const button = [...form.elements].find((one) => one.type === "reset");
    requestAnimationFrame(() => button?.dispatchEvent(new Event("input", { bubbles: true })));
  }

  // ---- files dropped on an upload's target

  dragged(event) {
    const target = event.target.closest?.("[phx-drop-target]");
    if (!target) return;
    event.preventDefault();
    const isInside = event.type === "dragleave" && target.contains(event.relatedTarget);
    const isOver = isInside || event.type === "dragover" || event.type === "dragenter";
    target.classList.toggle("phx-drop-target-active", isOver);
    if (event.type !== "drop") return;
    const input = document.getElementById(target.getAttribute("phx-drop-target"));
    const files = [...(event.dataTransfer?.files ?? [])];
    if (input?.type === "file" && !input.disabled && files.length > 0) {
      this.socket.uploadsOf(input)?.dropFiles(input, files);
    }
  }
}

// `phx-viewport-top` and `-bottom`: the first or last child of an element came into view by scrolling.
class Viewport {
  constructor(socket) {
    this.socket = socket;
    this.positions = new WeakMap(); // element -> scroll position before
    this.asked = new WeakSet(); // elements whose question is unanswered
  }

  start() {
    // Scrolling does not bubble, so it is listened for on the way down.
    window.addEventListener("scroll", () => this.scrolled(), { capture: true, passive: true });
  }

  scrolled() {
    if (this.isScheduled) return;
    this.isScheduled = true;
    requestAnimationFrame(() => {
      this.isScheduled = false;
      for (const element of document.querySelectorAll("[phx-viewport-top],[phx-viewport-bottom]")) this.look(element);
    });
  }

  look(element) {
    const scroller = scrollerOf(element);
    const now = scroller.scrollTop;
    const before = this.positions.get(element) ?? 0;
    this.positions.set(element, now);
    if (now === before || this.asked.has(element)) return;
    const isPage = scroller === document.scrollingElement;
    const frame = isPage ? { top: 0, bottom: innerHeight } : scroller.getBoundingClientRect();
    const isSeen = (child) => {
      const { top, bottom } = child.getBoundingClientRect();
      return bottom >= frame.top && top <= frame.bottom;
    };
    const [first, last] = [element.firstElementChild, element.lastElementChild];
    if (!first) return;
    // Scrolled past an end at once, as the Home and End keys do.
    const overran = element.getBoundingClientRect().top >= frame.top;
    if (now < before && isSeen(first)) this.ask(element, "phx-viewport-top", first, overran);
    else if (now > before && isSeen(last)) this.ask(element, "phx-viewport-bottom", last, false);
  }

  ask(element, attribute, child, overran) {
    if (!element.hasAttribute(attribute)) return;
    this.asked.add(element);
    const top = child.getBoundingClientRect().top;
    const done = () => {
      this.asked.delete(element);
      // What came in above must not push down what the user is looking at.
      if (attribute === "phx-viewport-top" && child.isConnected) {
        scrollerOf(element).scrollTop += child.getBoundingClientRect().top - top;
      }
      this.positions.set(element, scrollerOf(element).scrollTop);
    };
    const value = overran ? { id: child.id, _overran: true } : { id: child.id };
    const options = { type: "js", value, onlyValue: true, onAnswer: done };
    this.socket.execJS(element, element.getAttribute(attribute), "js", options);
  }
}

function scrollerOf(element) {
  for (let one = element; one && one !== document.body; one = one.parentElement) {
    if (["auto", "scroll", "overlay"].includes(getComputedStyle(one).overflowY)) return one;
  }
  return document.scrollingElement;
}
