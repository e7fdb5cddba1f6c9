// Makes the live DOM equal to a newly rendered tree with as few changes as it can: elements are the same when they
// have the same id (or component), else by their place. What the user is doing stays: the focused field's text,
// selection and caret, scroll positions, ignored regions, locked elements.

const isElement = (node) => node.nodeType === Node.ELEMENT_NODE;
const isViewRoot = (node) => isElement(node) && node.hasAttribute("data-phx-session");
const updateMode = (element) => element.getAttribute("phx-update");

// The identity of an element among its siblings, or null.
function keyOf(node) {
  if (!isElement(node)) return null;
  if (node.id) return node.id;
  const cid = node.getAttribute("data-phx-component");
  return cid === null ? null : `component ${cid}`;
}

class Morph {
  constructor(view, streams = [], isJoin = false) {
    this.view = view;
    this.streams = streams;
    this.isJoin = isJoin;
    this.added = []; // elements that are new
    this.updated = []; // hooks whose element changed
    this.discarded = []; // elements that left the page
    this.leaving = []; // elements that first play their `phx-remove`
    this.kept = new Map(); // key -> element taken from one parent that another will want
  }

  // Everything below `from` becomes like everything below `to`.
  run(from, to) {
    this.wanted = new Set([...to.querySelectorAll("[id]")].map((element) => element.id));
    this.markStreamItems(to);
    this.children(from, to);
    for (const element of this.kept.values()) this.discarded.push(element);
  }

  // One element becomes like another.
  runElement(from, to) {
    this.wanted = new Set([...to.querySelectorAll("[id]")].map((element) => element.id));
    this.markStreamItems(to);
    this.node(from, to);
    for (const element of this.kept.values()) this.discarded.push(element);
  }

  children(from, to) {
    const next = [...to.childNodes];
    const keys = new Set(next.map(keyOf));
    const old = new Map();
    for (const child of [...from.childNodes]) {
      const key = keyOf(child);
      if (key === null || isLeaving(child)) continue;
      if (keys.has(key)) old.set(key, child);
      else this.remove(child);
    }
    let at = from.firstChild;
    for (const child of next) at = this.place(from, at, child, old);
    while (at) {
      const following = at.nextSibling;
      if (!isLeaving(at)) this.remove(at);
      at = following;
    }
  }

  // Puts the element for `child` before `at`; returns what stands after it.
  place(from, at, child, old) {
    while (at && isLeaving(at)) at = at.nextSibling;
    const key = keyOf(child);
    const match = key === null ? findAlike(at, child) : old.get(key) ?? this.takeFromElsewhere(child, key, from);
    if (!match) {
      this.insert(from, child, at);
      return at;
    }
    old.delete(key);
    if (match !== at) {
      // One element that went down the list should not move all the others up.
      if (key !== null && at?.nextSibling === match && keyOf(at) !== null) {
        moveBefore(from, at, null);
      } else {
        moveBefore(from, match, at);
      }
    }
    return this.node(match, child).nextSibling;
  }

  // An element with this id that another parent has, or had before this patch.
  takeFromElsewhere(child, key, parent) {
    if (!child.id) return null;
    const element = this.kept.get(key) ?? document.getElementById(child.id);
    if (!element || element.tagName !== child.tagName || isLocked(element)) return null;
    if (this.kept.delete(key)) return element;
    if (isLeaving(element) || element.contains(parent)) return null;
    const owner = element.parentElement?.closest("[data-phx-session]");
    return owner === this.view.el && element.closest("[phx-update]") === null ? element : null;
  }

  node(from, to) {
    if (from.nodeName !== to.nodeName) return this.replace(from, to);
    if (isElement(from) && isViewRoot(from) !== isViewRoot(to)) return this.replace(from, to);
    if (isElement(from)) isSettled(from, to) || this.element(from, to);
    else if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue;
    return from;
  }

  replace(from, to) {
    const created = this.insert(from.parentNode, to, from);
    this.discard(from);
    from.remove();
    return created;
  }

  // A new node. Its subtree is built piece by piece only when a piece of it stands elsewhere on the page.
  insert(parent, child, at) {
    const ids = isElement(child) ? [...child.querySelectorAll("[id]")] : [];
    const reuses = ids.some(({ id }) => this.kept.has(id) || this.view.el.contains(document.getElementById(id)));
    const created = document.importNode(child, !reuses);
    parent.insertBefore(created, at);
    if (reuses) this.children(created, child);
    if (isElement(created)) this.added.push(created);
    return created;
  }

  element(from, to) {
    if (isLocked(from)) return Locks.defer(from, { to, streams: this.streams, isJoin: this.isJoin });
    if (this.view.socket.options.dom.onBeforeElUpdated?.(from, to) === false) return;
    if (isViewRoot(from)) return this.viewRoot(from, to);
    const hook = this.view.hooks.get(from);
    const isIgnored = updateMode(from) === "ignore";
    if (hook && hasChanged(from, to, isIgnored)) {
      hook.call("beforeUpdate");
      this.updated.push(hook);
    }
    if (isIgnored) return syncAttributes(from, to, (name) => name.startsWith("data-"));
    const isEdited = from === document.activeElement && isFormField(from);
    syncAttributes(from, to, (name) => !(isEdited && name === "value"));
    if (updateMode(from) === "stream") this.stream(from, to);
    else if (from.tagName !== "TEXTAREA") this.children(from, to);
    if (!isEdited) syncField(from, to);
  }

  // A nested view: its content is its own affair. It keeps its static token, which only the dead page has, and while
  // it lives its session too.
  viewRoot(from, to) {
    const kept = this.view.socket.viewOf(from) ? ["data-phx-session", "data-phx-static"] : ["data-phx-static"];
    syncAttributes(from, to, (name) => !kept.includes(name));
  }

  remove(node) {
    if (isElement(node) && this.wanted.has(node.id)) {
      this.kept.set(node.id, node);
      return node.remove();
    }
    if (isElement(node)) this.rescue(node);
    if (isElement(node) && node.hasAttribute("phx-remove")) return this.leaving.push(markLeaving(node));
    this.discard(node);
    node.remove();
  }

  // What the new page wants from inside of a removed element is kept for its new place.
  rescue(node) {
    for (const inner of node.querySelectorAll("[id]")) {
      if (!this.wanted.has(inner.id) || inner.closest("[data-phx-session]") !== this.view.el) continue;
      this.kept.set(inner.id, inner);
      inner.remove();
    }
  }

  discard(node) {
    if (isElement(node)) this.discarded.push(node);
  }

  // ---- streams: the server sends items once and forgets them; the page is where they live.

  markStreamItems(to) {
    for (const { ref, inserts } of this.streams) {
      for (const id of inserts.keys()) {
        to.querySelector(`#${CSS.escape(id)}`)?.setAttribute("data-phx-stream", ref);
      }
    }
  }

  stream(from, to) {
    // A join brings the whole stream: what is not in it was left by the dead page or by an earlier process.
    if (this.isJoin) return this.children(from, to);
    for (const change of this.streams) this.removeStreamItems(from, change);
    for (const item of [...to.children]) this.streamItem(from, item);
    for (const change of this.streams) this.limitStream(from, change);
  }

  removeStreamItems(from, { ref, inserts, deletes, reset }) {
    for (const item of [...from.children]) {
      const isReset = reset && item.getAttribute("data-phx-stream") === ref && !inserts.has(item.id);
      if (isReset || deletes.has(item.id)) this.remove(item);
    }
  }

  streamItem(from, item) {
    const change = this.streams.find(({ inserts }) => inserts.has(item.id));
    const { at = -1, updateOnly = false } = change?.inserts.get(item.id) ?? {};
    const old = [...from.children].find((child) => child.id === item.id && !isLeaving(child));
    if (old) {
      if (change?.reset) moveBefore(from, old, placeInStream(from, at));
      this.node(old, item);
    } else if (!updateOnly) {
      this.insert(from, item, placeInStream(from, at));
    }
  }

  // A limit of n keeps the first n items, one of -n the last n.
  limitStream(from, { ref, inserts }) {
    const limit = [...inserts.values()].find((insert) => insert.limit !== null)?.limit;
    if (limit === undefined) return;
    const items = [...from.children].filter((item) => item.getAttribute("data-phx-stream") === ref);
    const surplus = limit >= 0 ? items.slice(limit) : items.slice(0, Math.max(0, items.length + limit));
    for (const item of surplus) this.remove(item);
  }
}

// Nothing to do below: the browser compares far faster than we do. What a field holds is not in its markup.
function isSettled(from, to) {
  return from.isEqualNode(to) && !from.matches(FIELDS) && from.querySelector(FIELDS) === null;
}

const FIELDS = "input,select,textarea";

// Items appended to a stream stand before what is no stream item.
function placeInStream(container, at) {
  if (at === 0) return container.firstElementChild;
  if (at > 0) return container.children[at] ?? null;
  const items = [...container.children];
  const last = items.findLastIndex((item) => item.hasAttribute("data-phx-stream"));
  return items[last + 1] ?? null;
}

// A sibling from `at` on that may become `child`, which has no key.
function findAlike(at, child) {
  for (let node = at; node; node = node.nextSibling) {
    if (node.nodeName === child.nodeName && keyOf(node) === null && !isLeaving(node)) return node;
  }
  return null;
}

// `moveBefore` keeps focus, animations and frames alive; older browsers take the element out and put it in again.
function moveBefore(parent, node, at) {
  if (parent.moveBefore && node.isConnected && parent.isConnected) parent.moveBefore(node, at);
  else parent.insertBefore(node, at);
}

function hasChanged(from, to, isIgnored) {
  if (!isIgnored) return !from.isEqualNode(to);
  return JSON.stringify({ ...from.dataset }) !== JSON.stringify({ ...to.dataset });
}

const leavingNodes = new WeakSet();
const isLeaving = (node) => leavingNodes.has(node);

function markLeaving(node) {
  leavingNodes.add(node);
  return node;
}
