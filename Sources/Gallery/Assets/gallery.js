// What the gallery's pages need of the browser, with our client and with the official one.

(() => {
  // The navigation stands outside of the views: the browser itself knows where it is.
  // In a narrow window the navigation is a strip that scrolls sideways.
  const bringIntoSight = (link) => {
    const strip = link.closest("nav");
    const [inner, outer] = [link.getBoundingClientRect(), strip.getBoundingClientRect()];
    if (inner.left >= outer.left && inner.right <= outer.right) return;
    strip.scrollLeft += inner.left - outer.left - (outer.width - inner.width) / 2;
  };
  const markCurrent = () => {
    for (const link of document.querySelectorAll("nav a")) {
      if (link.pathname === location.pathname) {
        link.setAttribute("aria-current", "page");
        bringIntoSight(link);
      } else link.removeAttribute("aria-current");
    }
  };
  document.addEventListener("DOMContentLoaded", markCurrent);
  window.addEventListener("phx:navigate", markCurrent);
  window.addEventListener("phx:page-loading-stop", markCurrent);

  // What came for the two sides of a comparison, in bytes of messages.
  const sums = new Map();
  const died = new Set();
  const count = (text) => {
    if (!/"lv:(bad|good)"/.test(text)) return;
    const [, , topic, event, payload] = JSON.parse(text);
    const box = document.getElementById(topic.replace("lv:", "bytes-"));
    if (!box) return;
    const bytes = new TextEncoder().encode(text).length;
    const show = (name, number) => {
      box.querySelector(`[data-${name}]`).textContent = number.toLocaleString("en");
    };
    if (event === "phx_error") died.add(topic);
    // A view that died is sent whole once more: that too is what it costs.
    if (payload.response?.rendered && !died.delete(topic)) {
      sums.set(topic, 0);
      show("join", bytes);
    } else {
      sums.set(topic, (sums.get(topic) ?? 0) + bytes);
      show("last", bytes);
      show("sum", sums.get(topic));
    }
  };
  // Where there are no WebSockets nothing is counted.
  const { WebSocket } = window;
  if (WebSocket) {
    window.WebSocket = class extends WebSocket {
      constructor(...given) {
        super(...given);
        this.addEventListener("message", ({ data }) => {
          if (typeof data === "string") count(data);
        });
      }
    };
  }

  // The chat's field is emptied once its line was sent.
  window.addEventListener("phx:said", () => document.getElementById("say")?.reset());

  window.LiveTapeHooks = {
    // Draws the last 20 values, whether they come one by one or all together.
    Line: {
      mounted() {
        const line = this.el.querySelector("polyline");
        let shown = [];
        this.handleEvent(this.el.dataset.event, ({ values }) => {
          shown = [...shown, ...values].slice(-20);
          line.setAttribute("points", shown.map((value, x) => `${x * 10},${100 - value}`).join(" "));
        });
      },
    },
    Chart: {
      mounted() {
        const line = this.el.querySelector("polyline");
        const answer = this.el.querySelector("[data-answer]");
        const values = [];
        this.handleEvent("point", ({ value }) => {
          values.push(value);
          if (values.length > 60) values.shift();
          line.setAttribute("points", values.map((value, x) => `${x * 10},${200 - value * 2}`).join(" "));
        });
        this.el.addEventListener("click", () => {
          this.pushEvent("mean", {}, ({ mean, of }) => {
            answer.textContent = `The mean of ${of} points is ${mean}.`;
          });
        });
      },
    },
  };
})();
