// Attributes and form fields of one element, made like those of another; and the changes that JS commands or the
// client itself made to an element, which must survive that.

const stickyChanges = new WeakMap(); // element -> Map of name -> function that makes the change again
const ignoredAttributes = new WeakMap(); // element -> patterns such as "open" or "data-*"
const VIEW_CLASSES = ["phx-connected", "phx-loading", "phx-error", "phx-client-error", "phx-server-error"];

// Makes a change that patches do not undo. A later change of the same name takes its place.
function makeSticky(element, name, change) {
  if (!stickyChanges.has(element)) stickyChanges.set(element, new Map());
  stickyChanges.get(element).set(name, change);
  change(element);
}

function ignoreAttributes(element, patterns) {
  ignoredAttributes.set(element, patterns);
}

function isIgnoredAttribute(element, name) {
  const patterns = ignoredAttributes.get(element) ?? [];
  const fits = (pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : pattern === name);
  return patterns.some(fits);
}

// Attributes for which `isWanted(name)` is false stay as they are.
function syncAttributes(from, to, isWanted = () => true) {
  const isFree = (name) => isWanted(name) && !REF_ATTRIBUTES.includes(name) && !isIgnoredAttribute(from, name);
  const viewClasses = isViewRoot(from) ? VIEW_CLASSES.filter((name) => from.classList.contains(name)) : [];
  const ownClasses = [...loadingClasses(from), ...viewClasses];
  for (const { name, value } of to.attributes) {
    if (isFree(name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) {
    if (isFree(name) && !to.hasAttribute(name)) from.removeAttribute(name);
  }
  if (ownClasses.length > 0) from.classList.add(...ownClasses);
  for (const change of stickyChanges.get(from)?.values() ?? []) change(from);
}

const isFormField = (element) => ["INPUT", "SELECT", "TEXTAREA"].includes(element.tagName) && element.type !== "button";

// The server's word counts for fields that the user is not in.
function syncField(from, to) {
  if (from.tagName === "INPUT") syncInput(from, to);
  else if (from.tagName === "TEXTAREA") syncTextarea(from, to);
  else if (from.tagName === "SELECT") syncSelect(from, to);
}

function syncInput(from, to) {
  if (from.type === "file") return;
  if (from.checked !== to.checked) from.checked = to.checked;
  if (from.indeterminate) from.indeterminate = false;
  // A number field with a half-typed number says "" here: it is not the server's to correct.
  if (from.validity?.badInput) return;
  if (from.value !== to.value) from.value = to.value;
}

function syncSelect(from, to) {
  [...from.options].forEach((option, i) => (option.selected = to.options[i]?.selected ?? false));
}

function syncTextarea(from, to) {
  if (from.defaultValue !== to.defaultValue) from.defaultValue = to.defaultValue;
  if (from.value !== to.value) from.value = to.value;
}
