// What waits for a reply. An element whose event is under way is locked: patches of it are kept until the reply, so
// that what the user does meanwhile is not undone by a state of the server from before. A view numbers its events;
// replies come in that order, so number n ends all that were made up to n.

const REF_ATTRIBUTES = ["data-phx-ref-src", "data-phx-ref-loading", "data-phx-ref-lock"];
const waitingElements = new WeakMap(); // element -> { view, ref, isLocked, classes, undo, patches }

const isWaiting = (element) => waitingElements.has(element);
const isLocked = (element) => waitingElements.get(element)?.isLocked === true;
const loadingClasses = (element) => waitingElements.get(element)?.classes ?? [];

class Locks {
  constructor(view) {
    this.view = view;
    this.count = 0;
    this.elements = new Set();
  }

  // `holds`: [{ element, lock, loadingClass }]. Returns the number of the event.
  hold(holds) {
    const ref = this.count++;
    for (const hold of holds) this.holdOne(ref, hold);
    return ref;
  }

  holdOne(ref, { element, lock = false, loadingClass }) {
    const waiting = waitingElements.get(element) ?? { view: this.view, classes: new Set(), undo: [], patches: [] };
    waitingElements.set(element, waiting);
    this.elements.add(element);
    waiting.ref = ref;
    waiting.isLocked ||= lock;
    element.setAttribute("data-phx-ref-src", this.view.id);
    element.setAttribute("data-phx-ref-loading", ref);
    if (waiting.isLocked) element.setAttribute("data-phx-ref-lock", ref);
    if (loadingClass) {
      waiting.classes.add(loadingClass);
      element.classList.add(loadingClass);
    }
  }

  // Changes an element for the time of waiting; `undo` puts it back.
  change(element, undo) {
    waitingElements.get(element)?.undo.push(undo);
  }

  // The reply to event `ref` came: its elements are free, and get the patches that waited, outer ones first.
  release(ref) {
    const done = [...this.elements].filter((element) => waitingElements.get(element).ref <= ref);
    done.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
    const patches = done.flatMap((element) => this.free(element).map((patch) => [element, patch]));
    for (const [element, patch] of patches) this.view.patchElement(element, patch);
  }

  releaseAll() {
    this.release(Infinity);
  }

  free(element) {
    const waiting = waitingElements.get(element);
    waitingElements.delete(element);
    this.elements.delete(element);
    for (const undo of waiting.undo) undo();
    for (const name of REF_ATTRIBUTES) element.removeAttribute(name);
    element.classList.remove(...waiting.classes);
    return element.isConnected ? waiting.patches : [];
  }

  // Keeps a patch of a locked element. Each holds the whole state, so only streams need the earlier ones.
  static defer(element, patch) {
    const waiting = waitingElements.get(element);
    waiting.patches = waiting.patches.filter((earlier) => earlier.streams.length > 0);
    waiting.patches.push(patch);
  }
}

// Puts the text of `phx-disable-with` on an element until its event is answered.
function disableWhileWaiting(locks, element) {
  const text = element.getAttribute("phx-disable-with");
  if (text === null) return;
  const property = element.tagName === "INPUT" ? "value" : "innerText";
  const before = element[property];
  if (text !== "") element[property] = text;
  locks.change(element, () => (element[property] = before));
}

// A form that is being submitted takes no input.
function freezeForm(locks, form) {
  for (const field of form.elements) {
    const property = ["BUTTON", "SELECT"].includes(field.tagName) || field.type === "submit" ? "disabled" : "readOnly";
    if (field[property] !== false) continue;
    field[property] = true;
    locks.change(form, () => (field[property] = false));
  }
}
