// What the page sees: `LiveTape`, where an application registers its hooks and wishes before the page is ready, and
// `liveSocket`. Nothing else of this script is visible: the server puts these files one after the other, in the order of
// their names, into one function.

window.LiveTape = {
  hooks: {},
  uploaders: {}, // name -> (entries, onViewError) => …, for uploads that go elsewhere
  params: {}, // sent at each join; or a function that gives them
  metadata: {}, // event type -> (event, element) => more values to send
  dom: {}, // onBeforeElUpdated(from, to): false leaves `from` as it is
  path: "/live",
  longPollFallbackMs: 2500, // null: WebSocket only
  ...window.LiveTape,
};

window.liveSocket = new LiveSocket(window.LiveTape);

// Scripts that are deferred after this one register their hooks first. `start` counts once.
if (document.readyState === "complete") {
  queueMicrotask(() => window.liveSocket.start());
} else {
  document.addEventListener("DOMContentLoaded", () => window.liveSocket.start());
  window.addEventListener("load", () => window.liveSocket.start());
}
