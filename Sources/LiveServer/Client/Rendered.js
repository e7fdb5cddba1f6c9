// The rendered tree of a view: diffs of every format are merged into it, and it gives HTML.
//
// Merging never changes a node in place: what a diff does not touch is shared between the old tree and the new one.
// So moved entries, and components that start as a copy of another, need no copies.

const STATICS = "s", TEMPLATES = "p", KEYED = "k", ROWS = "d", COMPONENTS = "c", STREAM = "stream";

const isNode = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

class Rendered {
  constructor(viewID) {
    this.viewID = viewID;
    this.root = {};
    this.components = {};
  }

  // A full tree replaces the root; components stay until the server says that they are gone.
  merge(diff) {
    const { [COMPONENTS]: components = {}, ...root } = diff;
    resolve(root);
    this.root = mergeNodes(this.root, root);
    this.mergeComponents(components);
  }

  mergeComponents(diffs) {
    const merged = {};
    const component = (cid) => {
      if (!(cid in diffs)) return this.components[cid];
      merged[cid] ??= this.mergeComponent(cid, diffs[cid], component);
      return merged[cid];
    };
    for (const diff of Object.values(diffs)) resolve(diff, undefined, true);
    for (const cid of Object.keys(diffs)) component(cid);
    this.components = { ...this.components, ...merged };
  }

  // Statics that are a number refer to a component: -n as it was before this message, n as it is after.
  mergeComponent(cid, diff, component) {
    const reference = diff[STATICS];
    if (typeof reference !== "number") return mergeNodes(this.components[cid], diff);
    const donor = reference < 0 ? this.components[-reference] : component(reference);
    const { [STATICS]: _, ...rest } = diff;
    return mergeNodes(donor, rest);
  }

  prune(cids) {
    for (const cid of cids) delete this.components[cid];
  }

  // The HTML of the view, or of one component, and the stream operations that come with it. Streams are rendered once:
  // only the DOM keeps them.
  toHTML(cid) {
    const printer = new Printer(this);
    const html = cid === undefined ? printer.print(this.root) : printer.component(cid);
    for (const node of printer.streamNodes) empty(node);
    return { html, streams: printer.streams };
  }
}

// Replaces indices of statics by the statics of the nearest enclosing table of the same message.
function resolve(node, templates, isComponent = false) {
  if (!isNode(node)) return;
  const table = node[TEMPLATES] ?? templates;
  delete node[TEMPLATES];
  if (typeof node[STATICS] === "number" && !isComponent) node[STATICS] = table[node[STATICS]];
  for (const [key, value] of Object.entries(node)) {
    if (key === STATICS || key === STREAM) continue;
    else if (key === ROWS) for (const row of value) row.forEach((item) => resolve(item, table));
    else if (key === KEYED) for (const entry of Object.values(value)) resolveEntry(entry, table);
    else resolve(value, table);
  }
}

function resolveEntry(entry, table) {
  const fields = Array.isArray(entry) ? entry[1] : entry;
  if (isNode(fields)) for (const item of Object.values(fields)) resolve(item, table);
}

// A node with statics of its own replaces what was there; one without changes it.
function mergeNodes(old, diff) {
  if (!isNode(diff) || STATICS in diff || !isNode(old)) return diff;
  const result = { ...old };
  for (const [key, value] of Object.entries(diff)) {
    result[key] = key === KEYED && old[KEYED] ? mergeEntries(old[KEYED], value) : mergeNodes(old[key], value);
  }
  return result;
}

// Entries by index of the new order: a number is the old entry of that index, [number, diff] that entry changed.
function mergeEntries(old, diff) {
  const result = { kc: diff.kc };
  for (let index = 0; index < diff.kc; index++) {
    const entry = diff[index];
    if (entry === undefined) result[index] = old[index];
    else if (typeof entry === "number") result[index] = old[entry];
    else if (Array.isArray(entry)) result[index] = mergeNodes(old[entry[0]], entry[1]);
    else result[index] = mergeNodes(old[index], entry);
  }
  return result;
}

function empty(node) {
  if (KEYED in node) node[KEYED] = { kc: 0 };
  if (ROWS in node) node[ROWS] = [];
  delete node[STREAM];
}

class Printer {
  constructor(rendered) {
    this.rendered = rendered;
    this.streams = [];
    this.streamNodes = [];
  }

  print(node) {
    const out = [];
    this.node(node, out);
    return out.join("");
  }

  node(node, out) {
    if (typeof node === "number") out.push(this.component(node));
    else if (!isNode(node)) out.push(node ?? "");
    else if (KEYED in node || ROWS in node) this.comprehension(node, out);
    else this.template(node[STATICS] ?? [], node, out);
  }

  template(statics, dynamics, out) {
    statics.forEach((text, i) => {
      out.push(text);
      if (i < statics.length - 1) this.node(dynamics[i], out);
    });
  }

  comprehension(node, out) {
    if (node[STREAM]) {
      this.streams.push(new StreamChange(node[STREAM]));
      this.streamNodes.push(node);
    }
    const entries = node[ROWS] ?? Array.from({ length: node[KEYED].kc }, (_, i) => node[KEYED][i]);
    for (const entry of entries) this.template(node[STATICS] ?? [], entry, out);
  }

  // The component's number goes into the tag of its root element: events and patches find it there.
  component(cid) {
    const tree = this.rendered.components[cid];
    if (!tree) return "";
    const marks = ` data-phx-component="${cid}" data-phx-view="${this.rendered.viewID}"`;
    return this.print(tree).replace(/^((?:\s|<!--[^]*?-->)*<[^\s/>]+)/, (tag) => tag + marks);
  }
}

// What a stream asks for, in one shape for all versions: [{id: at}, deletes] (0.18), [ref, {id: [at, limit]}, deletes,
// reset] (0.19), [ref, [[id, at, limit, updateOnly]], deletes, reset] (0.20.4 and later).
class StreamChange {
  constructor(change) {
    const [ref, inserts, deletes, reset] = typeof change[0] === "string" ? change : ["", ...change];
    this.ref = ref;
    this.deletes = new Set(deletes);
    this.reset = reset === true;
    const list = Array.isArray(inserts)
      ? inserts
      : Object.entries(inserts).map(([id, place]) => [id, ...[place].flat()]);
    this.inserts = new Map(list.map(([id, at, limit = null, updateOnly = false]) => [id, { at, limit, updateOnly }]));
  }
}
