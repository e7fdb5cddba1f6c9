// All live views of the page, and `window.liveSocket` for whoever looks at them from the console.

const FLAGS = {
  debug: "phx:live-socket:debug",
  profiling: "phx:live-socket:profiling",
  latency: "phx:live-socket:latency-sim",
};
const RELOAD_DELAYS = { first: 5000, spread: 5000, many: 10, later: 30_000 };

class LiveSocket {
  constructor(options) {
    this.options = options;
    this.views = new Map(); // id -> View
    this.main = null;
    this.isLeaving = false; // the page is going away: errors are not worth showing
    this.bindings = new Bindings(this);
    this.navigation = new Navigation(this);
  }

  // ---- for the console

  enableDebug() {
    sessionStorage.setItem(FLAGS.debug, "true");
  }

  disableDebug() {
    sessionStorage.setItem(FLAGS.debug, "false");
  }

  isDebugEnabled() {
    return sessionStorage.getItem(FLAGS.debug) === "true";
  }

  isDebugDisabled() {
    return sessionStorage.getItem(FLAGS.debug) === "false";
  }

  enableProfiling() {
    sessionStorage.setItem(FLAGS.profiling, "true");
  }

  disableProfiling() {
    sessionStorage.removeItem(FLAGS.profiling);
  }

  isProfileEnabled() {
    return sessionStorage.getItem(FLAGS.profiling) === "true";
  }

  enableLatencySim(milliseconds) {
    this.enableDebug();
    console.log("latency simulator enabled for the duration of this browser session: disableLatencySim() ends it");
    sessionStorage.setItem(FLAGS.latency, milliseconds);
    this.socket.latency = milliseconds;
  }

  disableLatencySim() {
    sessionStorage.removeItem(FLAGS.latency);
    this.socket.latency = 0;
  }

  getLatencySim() {
    const text = sessionStorage.getItem(FLAGS.latency);
    return text === null ? null : Number(text);
  }

  getSocket() {
    return this.socket;
  }

  connect() {
    const isLocal = location.hostname === "localhost" || location.hostname.endsWith(".localhost");
    if (isLocal && !this.isDebugDisabled()) this.enableDebug();
    this.socket.connect();
  }

  disconnect(callback) {
    this.socket.disconnect(callback);
  }

  isConnected() {
    return this.socket.isConnected();
  }

  // Runs JS commands, or pushes an event, for an element. Returns the time that transitions take.
  execJS(element, encoded, type = null, options = {}) {
    return runCommands(this, element, encoded, { type, ...options });
  }

  // ---- life

  start() {
    if (this.socket) return;
    const { path, longPollFallbackMs } = this.options;
    this.socket = new Socket(path, () => this.urlParams(), longPollFallbackMs);
    this.socket.latency = this.getLatencySim() ?? 0;
    this.socket.onClose((event) => this.closed(event));
    // Links come first: a click on one is not for the other bindings.
    const restoreScroll = this.navigation.start();
    this.bindings.start();
    window.addEventListener("pagehide", () => this.leavePage());
    // A page out of the browser's cache has a dead socket and an old state.
    window.addEventListener("pageshow", (event) => event.persisted && location.reload());
    const roots = [...document.querySelectorAll("[data-phx-session]:not([data-phx-parent-id])")];
    if (roots.length === 0) return;
    const stop = pageLoading({ to: location.href, kind: "initial" });
    for (const el of roots) {
      const view = this.addView(el);
      view.join(() => view.isMain && (stop(), restoreScroll()));
    }
    this.connect();
  }

  closed(event) {
    // A normal closure that we did not ask for: the server wants no reconnect, but the page must go on somehow.
    if (event.code === NORMAL_CLOSURE && this.socket.isWanted && this.main) this.reloadLater(this.main);
  }

  leavePage() {
    this.isLeaving = true;
    this.socket.disconnect();
  }

  loadPage(href) {
    this.leavePage();
    // A URL with a hash would only scroll.
    if (absolute(href) === location.href) location.reload();
    else location.href = href;
  }

  // Loads the page again after a while, ever later when that does not help.
  reloadLater(view) {
    if (this.isLeaving || this.reloadTimer) return;
    const tries = Number(localStorage.getItem(reloadsKey()) ?? 0) + 1;
    localStorage.setItem(reloadsKey(), tries);
    const { first, spread, many, later } = RELOAD_DELAYS;
    const delay = tries > many ? later : first + Math.random() * spread;
    this.log(view, "error", `reloading the page in ${Math.round(delay)} ms, try ${tries}`);
    this.reloadTimer = setTimeout(() => this.loadPage(location.href), delay);
  }

  forgetReloads() {
    localStorage.removeItem(reloadsKey());
    clearTimeout(this.reloadTimer);
    this.reloadTimer = null;
  }

  urlParams() {
    return { ...this.appParams(), _csrf_token: csrfToken() };
  }

  appParams() {
    const { params } = this.options;
    return typeof params === "function" ? params() : params;
  }

  joinParams(view) {
    const tracked = [...document.querySelectorAll("[phx-track-static]")];
    const statics = tracked.map((one) => one.src || one.href).filter(Boolean);
    return {
      ...this.urlParams(),
      _track_static: statics.length > 0 ? statics : undefined,
      _mounts: view.mounts,
      _mount_attempts: view.attempts,
      _live_referer: this.referer,
    };
  }

  // ---- views

  addView(el, navigation) {
    const view = new View(this, el, navigation);
    this.views.set(view.id, view);
    if (view.isMain) this.main = view;
    return view;
  }

  forget(view) {
    if (this.views.get(view.id) === view) this.views.delete(view.id);
  }

  // The old view's content stays on the page until the new one has something to show.
  replaceMain(old, navigation, done) {
    const el = old.el.cloneNode(false);
    el.classList.remove(...VIEW_CLASSES);
    old.setClasses(["phx-loading"]);
    const stays = old.el.isConnected ? old.el : old.standIn;
    old.destroy();
    const view = this.addView(el, navigation);
    view.standIn = stays;
    view.join(done);
  }

  // The view whose root this element is.
  viewOf(el) {
    const view = this.views.get(el.id);
    return view?.el === el ? view : undefined;
  }

  // The view that an element belongs to.
  ownerOf(element) {
    const root = element.closest?.("[data-phx-session]");
    return root ? this.viewOf(root) : undefined;
  }

  uploadsOf(field) {
    return field.hasAttribute?.("data-phx-upload-ref") ? this.ownerOf(field)?.uploads : undefined;
  }

  childrenOf(view) {
    return [...this.views.values()].filter((one) => one.parentID === view.id);
  }

  // Joins the views that stand in this one's content and have a token.
  joinNested(view) {
    for (const el of view.el.querySelectorAll("[data-phx-session]")) {
      const isOurs = el.parentElement.closest("[data-phx-session]") === view.el;
      if (isOurs && el.getAttribute("data-phx-session") !== "" && !this.viewOf(el)) this.addView(el).join();
    }
  }

  // ---- looking at it

  log(view, kind, message, detail) {
    if (!this.isDebugEnabled()) return;
    if (detail === undefined) console.log(`${view.id} ${kind}: ${message}`);
    else console.log(`${view.id} ${kind}: ${message} - `, JSON.parse(JSON.stringify(detail)));
  }

  timed(name, action) {
    if (!this.isProfileEnabled()) return action();
    console.time(name);
    const result = action();
    console.timeEnd(name);
    return result;
  }
}

const reloadsKey = () => `${location.pathname}-consecutive-reloads`;
const csrfToken = () => document.querySelector("meta[name=csrf-token]")?.content;
