// What the gallery's pages need of the browser, with our client and with the official one.

(() => {
  // The navigation stands outside of the views: the browser itself knows where it is.
  const markCurrent = () => {
    for (const link of document.querySelectorAll("nav a")) {
      if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  };
  document.addEventListener("DOMContentLoaded", markCurrent);
  window.addEventListener("phx:navigate", markCurrent);
  window.addEventListener("phx:page-loading-stop", markCurrent);

  window.LiveTapeHooks = {};
})();
