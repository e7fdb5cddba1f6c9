// JS commands: what a binding does is either the name of an event, or a list of commands in JSON,
// [["push", {…}], ["hide", {"to": "#menu"}], …].

// Runs them for an element. `options` say what caused it: { type, event, value, field, submitter }.
// Returns how long, in milliseconds, the transitions among them take.
function runCommands(socket, element, encoded, options) {
  const commands = encoded.startsWith("[") ? JSON.parse(encoded) : [["push", { event: encoded }]];
  const durations = commands.map(([name, args]) => {
    const command = COMMANDS[name];
    if (!command) return console.error(`there is no JS command "${name}"`, element);
    return command({ socket, element, args: args ?? {}, options });
  });
  return Math.max(0, ...durations.map((duration) => duration ?? 0));
}

// `to`: nothing (the element itself), a selector, {inner: selector}, or {closest: selector}.
function elementsOf(element, to) {
  if (to === undefined || to === null) return [element];
  if (typeof to === "string") return [...document.querySelectorAll(to)];
  if (to.inner) return [...element.querySelectorAll(to.inner)];
  return [element.closest(to.closest)].filter(Boolean);
}

function forEach(action) {
  return (context) => {
    const { element, args } = context;
    const durations = elementsOf(element, args.to).map((one) => action(one, args, context));
    return Math.max(0, ...durations.map((duration) => duration ?? 0));
  };
}

const focusBefore = []; // for push_focus and pop_focus

const COMMANDS = {
  push: ({ socket, element, args, options }) => pushCommand(socket, element, args, options),

  dispatch: forEach((one, { event, detail, bubbles = true }, { element }) => {
    const init = { bubbles, detail: { ...detail, dispatcher: element } };
    one.dispatchEvent(new CustomEvent(event, init));
  }),

  show: forEach((one, args) => (isVisible(one) ? 0 : show(one, args.display, args.transition, args.time))),
  hide: forEach((one, args) => (isVisible(one) ? hide(one, args.transition, args.time) : 0)),
  toggle: forEach((one, { display, ins, outs, time }) => {
    return isVisible(one) ? hide(one, outs, time) : show(one, display, ins, time);
  }),

  add_class: forEach((one, { names, transition, time }) => changeClasses(one, names, [], transition, time)),
  remove_class: forEach((one, { names, transition, time }) => changeClasses(one, [], names, transition, time)),
  toggle_class: forEach((one, { names, transition, time }) => {
    const isPresent = (name) => one.classList.contains(name);
    const absent = names.filter((name) => !isPresent(name));
    return changeClasses(one, absent, names.filter(isPresent), transition, time);
  }),
  transition: forEach((one, args) => playTransition(one, args.transition, args.time)),

  set_attr: forEach((one, { attr: [name, value] }) => setAttribute(one, name, value)),
  remove_attr: forEach((one, { attr }) => setAttribute(one, attr, null)),
  toggle_attr: forEach((one, { attr: [name, first, second] }) => {
    if (second === undefined) setAttribute(one, name, one.hasAttribute(name) ? null : first);
    else setAttribute(one, name, one.getAttribute(name) === first ? second : first);
  }),
  ignore_attrs: forEach((one, { attrs }) => ignoreAttributes(one, attrs)),

  focus: forEach((one) => one.focus()),
  focus_first: forEach((one) => (focusable(one)[0] ?? one).focus()),
  push_focus: forEach((one) => void focusBefore.push(one)),
  pop_focus: () => void focusBefore.pop()?.focus(),

  navigate: ({ socket, args }) => socket.navigation.navigate(args.href, args.replace ? "replace" : "push"),
  patch: ({ socket, element, args }) => socket.navigation.patch(args.href, args.replace ? "replace" : "push", element),

  exec: forEach((one, { attr }, { socket, options }) => {
    if (!one.hasAttribute(attr)) return console.error(`exec: no attribute "${attr}"`, one);
    return runCommands(socket, one, one.getAttribute(attr), options);
  }),
};

function setAttribute(element, name, value) {
  const change = (one) => (value === null ? one.removeAttribute(name) : one.setAttribute(name, value));
  makeSticky(element, `attribute ${name}`, change);
}

function changeClasses(element, added, removed, transition, time) {
  for (const name of added) makeSticky(element, `class ${name}`, (one) => one.classList.add(name));
  for (const name of removed) makeSticky(element, `class ${name}`, (one) => one.classList.remove(name));
  return playTransition(element, transition, time);
}

function show(element, display, transition, time) {
  const usual = { TR: "table-row", TD: "table-cell" }[element.tagName] ?? "block";
  element.dispatchEvent(new Event("phx:show-start"));
  makeSticky(element, "display", (one) => (one.style.display = display ?? usual));
  return playTransition(element, transition, time, () => element.dispatchEvent(new Event("phx:show-end")));
}

function hide(element, transition, time) {
  element.dispatchEvent(new Event("phx:hide-start"));
  return playTransition(element, transition, time, () => {
    makeSticky(element, "display", (one) => (one.style.display = "none"));
    element.dispatchEvent(new Event("phx:hide-end"));
  });
}

// `transition`: classes [while it runs, at its start only, from its second frame on].
function playTransition(element, transition = [], time = 200, done = () => {}) {
  const [during, start, end] = [transition[0] ?? [], transition[1] ?? [], transition[2] ?? []];
  if (during.length + start.length + end.length === 0) {
    done();
    return 0;
  }
  element.classList.add(...during, ...start);
  requestAnimationFrame(() => {
    element.classList.remove(...start);
    element.classList.add(...end);
  });
  setTimeout(() => {
    element.classList.remove(...during, ...start, ...end);
    done();
  }, time);
  return time;
}

// ---- push

function pushCommand(socket, element, { event, target, loading, page_loading: isPage, value }, options) {
  if (options.push) return void options.push(event, { value });
  const view = socket.ownerOf(element);
  if (!view) return 0;
  const isPageLoading = isPage || element.hasAttribute("phx-page-loading");
  const stop = isPageLoading ? pageLoading({ to: view.href, kind: "element" }) : () => {};
  const answered = () => {
    stop();
    options.onAnswer?.();
  };
  const handlers = { ok: answered, error: answered };
  const holds = loading ? elementsOf(element, loading).map((one) => loadingHold(one, options.type)) : [];
  for (const { view: receiver, cid } of targetsOf(view, element, target ?? undefined)) {
    const { type, field = element, submitter } = options;
    if (type === "change") pushChange(receiver, cid, field, event, { value, holds }, handlers);
    else if (type === "submit") pushSubmit(receiver, cid, element, event, { submitter, value, holds }, handlers);
    else pushSimple(receiver, cid, element, event, { ...options, more: value, holds }, handlers);
  }
  return 0;
}

const loadingHold = (element, type) => ({ element, loadingClass: type ? `phx-${type}-loading` : undefined });

function pushSimple(view, cid, element, event, { type, event: cause, value, onlyValue, more, holds }, handlers) {
  const metadata = view.socket.options.metadata[type]?.(cause, element);
  const whole = onlyValue ? { ...value, ...more } : { ...value, ...valuesOf(element), ...metadata, ...more };
  const own = { ...loadingHold(element, type), lock: true };
  const onHold = () => disableWhileWaiting(view.locks, element);
  pushEvent(view, { type, event, value: whole, cid }, uniqueHolds([own], holds), { ...handlers, onHold });
}
