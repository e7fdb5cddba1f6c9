// Live links and the browser's history. Entries made by patches of one view share a segment: within it the back
// button asks the view for a patch, beyond it the other view is joined.

class Navigation {
  constructor(socket) {
    this.socket = socket;
    this.latest = 0; // the last navigation that was asked for; answers to earlier ones change nothing
  }

  start() {
    history.scrollRestoration = "manual";
    this.segment = history.state?.segment ?? newSegment();
    this.href = location.href;
    const scroll = history.state?.scroll;
    history.replaceState({ ...history.state, segment: this.segment }, "");
    window.addEventListener("popstate", (event) => this.popped(event));
    window.addEventListener("click", (event) => this.clicked(event));
    window.addEventListener("scroll", () => this.rememberScroll(), { passive: true });
    return () => scroll > 0 && window.scrollTo(0, scroll);
  }

  rememberScroll() {
    clearTimeout(this.scrollTimer);
    this.scrollTimer = setTimeout(() => history.replaceState({ ...history.state, scroll: window.scrollY }, ""), 100);
  }

  clicked(event) {
    const link = event.target.closest?.("a[data-phx-link]");
    const isForBrowser = event.button > 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (!link || isForBrowser || link.target === "_blank" || event.defaultPrevented) return;
    if (!this.socket.main?.isConnected) return; // a page load always works
    event.preventDefault();
    event.stopImmediatePropagation();
    const kind = link.getAttribute("data-phx-link-state") ?? "push";
    if (link.getAttribute("data-phx-link") === "patch") this.patch(link.href, kind, link);
    else this.navigate(link.href, kind);
    if (link.hasAttribute("phx-click")) this.socket.execJS(link, link.getAttribute("phx-click"), "click", { event });
  }

  popped({ state }) {
    clearTimeout(this.scrollTimer);
    const href = location.href;
    const isSamePage = relative(href) === relative(this.href);
    this.href = href;
    if (isSamePage && (state === null || state.segment === this.segment)) return;
    const restore = () => window.scrollTo(0, state?.scroll ?? 0);
    if (state?.segment === this.segment && this.socket.main?.isConnected) this.patch(href, null, null, restore);
    else this.navigate(href, null, undefined, { segment: state?.segment, done: restore });
  }

  // ---- what a view or a link asks for. `kind`: "push", "replace", or null when history has moved already

  patch(to, kind, link = null, done = () => {}) {
    const view = this.socket.main;
    if (!view?.isConnected) return this.load(to);
    const href = absolute(to);
    const turn = ++this.latest;
    const stop = pageLoading({ to: href, kind: "patch" });
    const holds = link ? [{ element: link, loadingClass: "phx-click-loading" }] : [];
    pushAndWait(view, "live_patch", { url: href }, holds, {
      ok: ({ link_redirect: isOtherView }) => {
        stop();
        if (turn !== this.latest) return;
        if (isOtherView) return this.navigate(href, kind);
        view.href = href;
        this.record(kind, href);
        done();
      },
      error: () => this.load(href),
    });
  }

  // Leaves the main view and joins the one behind the URL in its place, over the same socket.
  navigate(to, kind, flash, { segment, done = () => window.scrollTo(0, 0) } = {}) {
    const href = absolute(to);
    const old = this.socket.main;
    if (!old || !this.socket.isConnected()) return this.redirect(href, flash);
    const turn = ++this.latest;
    const stop = pageLoading({ to: href, kind: "redirect" });
    this.socket.referer = location.href;
    this.socket.replaceMain(old, { redirect: href, flash }, () => {
      stop();
      if (turn !== this.latest) return;
      this.segment = segment ?? newSegment();
      this.record(kind ?? "replace", href, true);
      if (new URL(href).hash) scrollToHash();
      else done();
    });
  }

  patchedByServer(view, { kind, to }) {
    view.href = absolute(to);
    this.record(kind, to);
  }

  redirect(to, flash, token) {
    if (flash) setCookie("__phoenix_flash__", flash);
    if (token) setCookie("__phoenix_reload_status__", token);
    this.load(to);
  }

  load(to) {
    this.socket.loadPage(absolute(to));
  }

  record(kind, to, isNavigation = false) {
    this.href = absolute(to);
    const state = { segment: this.segment, scroll: 0 };
    if (kind === "push") {
      clearTimeout(this.scrollTimer);
      history.replaceState({ ...history.state, scroll: window.scrollY }, "");
      history.pushState(state, "", to);
    } else if (kind === "replace") {
      history.replaceState({ ...history.state, ...state, scroll: history.state?.scroll ?? 0 }, "", to);
    }
    const detail = { href: this.href, patch: !isNavigation, pop: kind === null };
    window.dispatchEvent(new CustomEvent("phx:navigate", { detail }));
    if (!isNavigation && kind !== null && new URL(this.href).hash) scrollToHash();
  }
}

const newSegment = () => `${Date.now()}.${Math.random()}`;
const absolute = (href) => new URL(href, location.href).href;

function scrollToHash() {
  document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}
