// One live view: its channel, its tree, its part of the page.

const CHILD_JOIN_ATTEMPTS = 3;

class View {
  // `navigation`: { redirect: url, flash } when the view is joined by live navigation.
  constructor(socket, el, navigation = {}) {
    this.socket = socket;
    this.el = el;
    this.id = el.id;
    this.isMain = el.hasAttribute("data-phx-main");
    this.isSticky = el.hasAttribute("data-phx-sticky");
    this.parentID = this.isSticky ? null : el.getAttribute("data-phx-parent-id");
    this.navigation = navigation;
    this.href = navigation.redirect ?? location.href;
    this.rendered = new Rendered(this.id);
    this.locks = new Locks(this);
    this.hooks = new Map(); // element -> Hook
    this.uploads = new Uploads(this);
    this.mounts = 0; // joins that succeeded
    this.attempts = 0; // joins since the last success
    this.isDestroyed = false;
    this.waitingPatches = null; // patches made while forms are being recovered
    this.channel = socket.socket.channel(`lv:${this.id}`, () => this.joinParams());
    this.channel.onEvent = (event, payload) => this.receive(event, payload);
    this.channel.onError = (cause) => this.failed(cause);
    this.channel.onClose = () => this.destroy();
  }

  get isConnected() {
    return this.channel.isJoined && !this.isDestroyed;
  }

  // ---- joining

  join(onJoined = () => {}) {
    this.onJoined = onJoined;
    this.setClasses(["phx-loading"]);
    this.channel.join({
      ok: (response) => this.joined(response),
      error: (response) => this.refused(response),
      timeout: () => this.failed("timeout"),
    });
  }

  joinParams() {
    const isRouted = this.parentID === null && !this.isSticky;
    const url = location.protocol + "//" + location.host + relative(this.href);
    return {
      redirect: this.navigation.redirect ? url : undefined,
      url: isRouted && !this.navigation.redirect ? url : undefined,
      params: this.socket.joinParams(this),
      session: this.el.getAttribute("data-phx-session"),
      static: this.el.getAttribute("data-phx-static") || null,
      flash: this.navigation.flash,
      sticky: this.isSticky,
    };
  }

  joined(response) {
    const { rendered, container, live_patch: patch } = response;
    this.socket.log(this, "mount", "received diff", rendered);
    this.takesMeta = isAtLeast(response.liveview_version, [1, 0, 6]);
    this.attempts = 0;
    this.mounts += 1;
    if (this.isMain) this.socket.forgetReloads();
    if (container) applyContainer(this.el, container);
    // From now on the server knows the page by its URL, also when it is joined again.
    this.navigation = {};
    this.locks.releaseAll();
    this.uploads.reset();
    this.rendered = new Rendered(this.id);
    const { title, events } = this.merge(rendered);
    const fragment = this.render();
    const forms = this.mounts > 1 ? recoverableForms(this, fragment.to) : [];
    const finish = () => {
      this.takePlace();
      this.patch({ ...fragment, isJoin: true });
      for (const waiting of this.waitingPatches?.splice(0) ?? []) this.patch(waiting);
      this.waitingPatches = null;
      this.finishJoin(title, events, patch);
    };
    if (forms.length === 0) return finish();
    this.waitingPatches = [];
    recoverForms(this, forms, finish);
  }

  // After live navigation: stands where the view before stood, and takes over its sticky views.
  takePlace() {
    const { standIn } = this;
    if (!standIn) return;
    this.standIn = null;
    standIn.after(this.el);
    for (const sticky of standIn.querySelectorAll("[data-phx-sticky]")) moveBefore(this.el, sticky, null);
    standIn.remove();
  }

  finishJoin(title, events, patch) {
    this.setClasses(["phx-connected"]);
    this.stopLoading?.();
    this.stopLoading = undefined;
    this.runAttribute("phx-connected");
    for (const hook of this.hooks.values()) if (hook.isDisconnected) hook.reconnected();
    this.dispatch(events);
    this.setTitle(title);
    if (patch) this.socket.navigation.record(patch.kind, patch.to, this);
    this.onJoined();
    this.onJoined = () => {};
  }

  // Why a join was refused says what to do: a full page load, a redirect, or another try.
  refused(response) {
    this.attempts += 1;
    const { reason, redirect, live_redirect: liveRedirect, status, token } = response;
    if (redirect) return this.receive("redirect", redirect);
    if (liveRedirect) return this.receive("live_redirect", liveRedirect);
    this.socket.log(this, "error", "unable to join", response);
    if (reason === "stale" || reason === "unauthorized") return this.socket.loadPage(this.href);
    if (reason === "reload") {
      if (token) setCookie("__phoenix_reload_status__", token);
      return this.socket.loadPage(this.href);
    }
    this.showError("phx-server-error");
    if (this.isMain) this.socket.reloadLater(this);
    else if (this.attempts >= CHILD_JOIN_ATTEMPTS) this.destroy();
  }

  // The process of the view died, or the socket did; the channel joins again by itself.
  failed(cause) {
    if (this.isDestroyed || this.socket.isLeaving) return;
    this.socket.log(this, "error", cause === "crash" ? "view crashed" : `lost: ${cause}`);
    for (const child of this.socket.childrenOf(this)) child.destroy();
    this.waitingPatches = null;
    this.showError(cause === "crash" ? "phx-server-error" : "phx-client-error");
  }

  showError(kind) {
    this.setClasses(["phx-loading", "phx-error", kind]);
    if (this.isMain) this.stopLoading ??= pageLoading({ to: this.href, kind: "error" });
    this.runAttribute("phx-disconnected");
    for (const hook of this.hooks.values()) hook.disconnected();
  }

  setClasses(names) {
    this.el.classList.remove(...VIEW_CLASSES);
    this.el.classList.add(...names);
  }

  // ---- what the server says

  receive(event, payload) {
    if (this.isDestroyed) return;
    const navigation = this.socket.navigation;
    if (event === "diff") this.update(payload);
    else if (event === "live_patch") navigation.patchedByServer(this, payload);
    else if (event === "live_redirect") navigation.navigate(payload.to, payload.kind, payload.flash);
    else if (event === "redirect") navigation.redirect(payload.to, payload.flash, payload.token);
  }

  // Applies a diff to tree and page. Returns the reply for a hook that may come with it.
  update(diff) {
    this.socket.log(this, "update", "received diff", diff);
    const { title, events, reply, early } = this.merge(diff);
    this.dispatch(early);
    // A diff of events or a title alone leaves the page as it is.
    const parts = Object.keys(diff);
    if (parts.length === 1 && parts[0] === COMPONENTS) this.patchComponents(Object.keys(diff[COMPONENTS]));
    else if (parts.length > 0) this.patchOrWait(this.render());
    this.dispatch(events);
    this.setTitle(title);
    return reply;
  }

  merge(diff) {
    const { t: title, e: events = [], r: reply } = diff;
    for (const key of ["t", "e", "r"]) delete diff[key];
    this.socket.timed("merge", () => this.rendered.merge(diff));
    const isEarly = (entry) => entry[2] === true;
    return { title, reply, early: events.filter(isEarly), events: events.filter((entry) => !isEarly(entry)) };
  }

  // Only components changed: the topmost of them bring the others along. Those that no one has placed have no element.
  patchComponents(cids) {
    const roots = new Map(cids.map((cid) => [componentElement(this, cid), cid]));
    roots.delete(null);
    const isInside = (element) => [...roots.keys()].some((other) => other !== element && other.contains(element));
    const isHeld = (element) => element.parentElement.closest("[data-phx-ref-lock]") !== null;
    const topmost = [...roots].filter(([element]) => !isInside(element));
    // Inside a locked element a part alone cannot wait.
    if (this.waitingPatches || topmost.some(([element]) => isHeld(element))) return this.patchOrWait(this.render());
    for (const [element, cid] of topmost) {
      const { to, ...rest } = this.render(cid);
      this.patchElement(element, { to: to.firstElementChild, ...rest });
    }
  }

  render(cid) {
    const { html, streams } = this.socket.timed("render", () => this.rendered.toHTML(cid));
    const template = document.createElement("template");
    template.innerHTML = html;
    return { to: template.content, streams, isJoin: false };
  }

  patchOrWait(patch) {
    if (this.waitingPatches) this.waitingPatches.push(patch);
    else this.patch(patch);
  }

  patch({ to, streams, isJoin }) {
    this.apply(new Morph(this, streams, isJoin), (morph) => morph.run(this.el, to));
  }

  // A patch that waited for a lock.
  patchElement(element, { to, streams, isJoin }) {
    if (!element.isConnected || this.isDestroyed) return;
    this.apply(new Morph(this, streams, isJoin), (morph) => morph.runElement(element, to));
  }

  apply(morph, run) {
    const focus = rememberFocus();
    this.socket.timed("patch", () => run(morph));
    focus.restore();
    for (const element of morph.leaving) this.leave(element);
    const gone = this.cleanUp(morph.discarded);
    for (const element of morph.added) this.welcome(element, true);
    if (morph.isJoin) this.welcome(this.el, false);
    for (const hook of morph.updated) hook.call("updated");
    this.uploads.sync();
    this.socket.joinNested(this);
    if (gone.length > 0 && !morph.isJoin) this.announceGone(gone);
    triggerForms(this);
  }

  // Starts hooks and `phx-mounted` of elements that are new on the page, or that the dead page had.
  welcome(root, isNew) {
    if (!root.isConnected) return;
    for (const element of withDescendants(root, "[phx-hook],[data-phx-hook],[phx-mounted],[autofocus]")) {
      if (this.socket.ownerOf(element) !== this) continue; // a nested view does that for itself
      mountHook(this, element);
      if (isNew && element.hasAttribute("autofocus")) element.focus();
      if (!element.hasAttribute("phx-mounted") || mountedElements.has(element)) continue;
      mountedElements.add(element);
      this.socket.execJS(element, element.getAttribute("phx-mounted"), null);
    }
  }

  // Plays `phx-remove`, then takes the element out.
  leave(element) {
    const duration = this.socket.execJS(element, element.getAttribute("phx-remove"), "remove");
    const done = () => {
      element.remove();
      const gone = this.cleanUp([element]);
      if (gone.length > 0 && this.isConnected) this.announceGone(gone);
    };
    if (duration > 0) setTimeout(done, duration);
    else done();
  }

  // Ends hooks and nested views of elements that left the page. Returns the components that left with them.
  cleanUp(elements) {
    const cids = new Set();
    for (const root of elements) {
      if (root.isConnected) continue; // it only moved
      for (const element of withDescendants(root, "*")) {
        this.hooks.get(element)?.destroy();
        this.socket.viewOf(element)?.destroy();
        const isOurs = element.getAttribute("data-phx-view") === this.id;
        if (isOurs) cids.add(Number(element.getAttribute("data-phx-component")));
      }
    }
    return [...cids];
  }

  // The server may forget components once both sides agree, after a round trip, that they are gone.
  announceGone(cids) {
    const stillGone = () => cids.filter((cid) => !componentElement(this, cid));
    if (stillGone().length === 0) return;
    this.channel.push("cids_will_destroy", { cids: stillGone() }, {
      ok: () => {
        const gone = stillGone();
        if (gone.length === 0) return;
        this.channel.push("cids_destroyed", { cids: gone }, { ok: ({ cids }) => this.rendered.prune(cids ?? gone) });
      },
    });
  }

  dispatch(events) {
    for (const [name, detail] of events) window.dispatchEvent(new CustomEvent(`phx:${name}`, { detail }));
  }

  setTitle(title) {
    const element = document.querySelector("title");
    if (title === undefined || !element) return;
    const { prefix = "", suffix = "", default: fallback } = element.dataset;
    const text = title?.trim() ? title : fallback;
    if (text !== undefined) document.title = prefix + text + suffix;
  }

  // Runs the JS commands in an attribute of each element of this view, for example at every connect.
  runAttribute(name) {
    for (const element of this.el.querySelectorAll(`[${name}]`)) {
      if (this.socket.ownerOf(element) === this) this.socket.execJS(element, element.getAttribute(name), null);
    }
  }

  destroy() {
    if (this.isDestroyed) return;
    for (const child of this.socket.childrenOf(this)) child.destroy();
    this.isDestroyed = true;
    this.socket.log(this, "destroyed", this.parentID === null ? "the view was left" : "the child was left");
    this.socket.forget(this);
    this.locks.releaseAll();
    for (const hook of [...this.hooks.values()]) hook.destroy();
    this.channel.leave();
  }
}

const mountedElements = new WeakSet(); // whose `phx-mounted` has run

function withDescendants(root, selector) {
  const descendants = [...root.querySelectorAll(selector)];
  return root.matches(selector) ? [root, ...descendants] : descendants;
}

function isAtLeast(version, wanted) {
  const parts = (version ?? "0").split(".").map((part) => parseInt(part, 10));
  const differing = wanted.findIndex((part, i) => part !== (parts[i] ?? 0));
  return differing === -1 || (parts[differing] ?? 0) > wanted[differing];
}

function applyContainer(el, [, attributes]) {
  for (const [name, value] of Object.entries(attributes)) el.setAttribute(name, value);
}

function componentElement(view, cid) {
  return view.el.querySelector(`[data-phx-component="${cid}"][data-phx-view="${CSS.escape(view.id)}"]`);
}

// A patch may move the focused element about; it keeps focus and selection all the same.
function rememberFocus() {
  const element = document.activeElement;
  const { selectionStart, selectionEnd, selectionDirection } = element ?? {};
  const restore = () => {
    if (!element?.isConnected || document.activeElement === element || element === document.body) return;
    element.focus({ preventScroll: true });
    if (typeof selectionStart !== "number") return;
    element.setSelectionRange?.(selectionStart, selectionEnd, selectionDirection);
  };
  return { restore };
}

function setCookie(name, value) {
  document.cookie = `${name}=${value}; max-age=60; path=/`;
}

function relative(href) {
  const url = new URL(href, location.href);
  return url.pathname + url.search;
}
