// pyview's bundle of the official client takes the hooks of a page from `window.Hooks`.
window.Hooks = window.LiveTapeHooks;
