// Pushing events of a view to its server, and what the reply brings.

// `event`: { type, event, value, cid, meta, uploads }. `holds` are the elements that wait (Locks.hold).
function pushEvent(view, event, holds = [], handlers = {}) {
  return pushAndWait(view, "event", event, holds, handlers);
}

// Holds the elements until the answer came and was applied. A view that is not joined takes no events.
function pushAndWait(view, name, payload, holds, { ok = () => {}, error = () => {}, onHold = () => {} } = {}) {
  if (!view.isConnected) return error(new Error("the view is not connected"));
  const ref = view.locks.hold(holds);
  onHold();
  view.channel.push(name, payload, {
    ok: (response) => {
      if (view.isDestroyed) return;
      view.locks.release(ref);
      const reply = response.diff ? view.update(response.diff) : undefined;
      ok(response, reply, ref);
      followReply(view, response);
    },
    error: (response) => {
      view.locks.release(ref);
      view.socket.log(view, "error", `${name} refused`, response);
      error(response);
    },
    timeout: () => view.socket.reloadLater(view),
  });
}

function followReply(view, response) {
  for (const event of ["live_patch", "live_redirect", "redirect"]) {
    if (response[event]) view.receive(event, response[event]);
  }
}

// The views and components that `phx-target` of an element means: [{ view, cid }].
function targetsOf(view, element, target = element.getAttribute("phx-target")) {
  if (target === null || target === undefined) return view ? [{ view, cid: undefined }] : [];
  if (isCID(target)) return view ? [{ view, cid: Number(target) }] : [];
  const elements = target instanceof Element ? [target] : [...document.querySelectorAll(target)];
  return elements.flatMap((one) => {
    const owner = view.socket.ownerOf(one);
    return owner ? [{ view: owner, cid: closestComponent(owner, one) }] : [];
  });
}

const isCID = (target) => typeof target === "number" || /^\d+$/.test(target);

function closestComponent(view, element) {
  const root = element.closest("[data-phx-component]");
  return root?.getAttribute("data-phx-view") === view.id ? Number(root.dataset.phxComponent) : undefined;
}

// `phx-value-*` of an element, and its own value if it has one. An unchecked box has none.
function valuesOf(element) {
  const values = {};
  for (const { name, value } of element.attributes) {
    if (name.startsWith("phx-value-")) values[name.slice("phx-value-".length)] = value;
  }
  const isUnchecked = ["checkbox", "radio"].includes(element.type) && !element.checked;
  if (element.value !== undefined && !isUnchecked) values.value = element.value;
  return values;
}

// ---- the start and end of what the user may want to see as loading, for progress bars

function pageLoading(detail) {
  window.dispatchEvent(new CustomEvent("phx:page-loading-start", { detail }));
  return () => window.dispatchEvent(new CustomEvent("phx:page-loading-stop", { detail }));
}
