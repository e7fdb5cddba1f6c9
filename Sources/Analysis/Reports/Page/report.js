"use strict";
// Draws the report from the JSON beside it. Whatever was recorded becomes text nodes only, never markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const main = document.getElementById("report");
  const SVG = "http://www.w3.org/2000/svg";

  const add = (parent, name, attributes = {}, ...children) => {
    const node = parent.namespaceURI === SVG || name === "svg"
      ? document.createElementNS(SVG, name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    for (const child of children) node.append(child);
    parent.append(node);
    return node;
  };

  const digits = (value) => (value < 9.95 ? String(Math.round(value * 10) / 10) : String(Math.round(value)));
  const bytes = (count) => {
    for (const [unit, name] of [[1e9, "GB"], [1e6, "MB"], [1e3, "kB"]]) {
      if (count >= unit * 0.9995) return `${digits(count / unit)} ${name}`;
    }
    return `${count} B`;
  };
  const duration = (nanoseconds) => {
    const milliseconds = nanoseconds / 1e6;
    return milliseconds >= 999.5 ? `${digits(milliseconds / 1000)} s` : `${digits(milliseconds)} ms`;
  };
  const percent = (share) => `${share > 0 && share < 0.0995 ? digits(share * 100) : Math.round(share * 100)} %`;
  const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  const clock = (milliseconds) => {
    const seconds = Math.round(milliseconds / 100) / 10;
    if (seconds < 60) return `${seconds} s`;
    return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")} min`;
  };

  const card = (title, id) => {
    const section = add(main, "section", { class: "card", id });
    add(section, "h2", {}, title);
    return section;
  };

  // The heading

  const summary = data.summary;
  const header = () => {
    add(main, "h1", {}, data.recording);
    const versions = data.liveViewVersions.length ? `, LiveView ${data.liveViewVersions.join(", ")}` : "";
    const ids = data.run.split(" ");
    const runs = ids.length > 3 ? `; ${ids.length} runs` : `; run ${ids.join(", ")}`;
    add(main, "div", { class: "soft" },
      `${plural(summary.sessions, "session")}, ${plural(summary.views, "view")}, ${plural(summary.sockets, "socket")}, `
      + `${plural(summary.exchanges, "exchange")}, ${clock(summary.lastedNanoseconds / 1e6)}${versions}${runs}`);
    const tiles = add(main, "div", { class: "tiles" });
    const tile = (id, value, text, quality = "") => {
      const box = add(tiles, "div", { class: `tile ${quality}`, id });
      add(box, "b", {}, value);
      add(box, "span", { class: "soft" }, text);
    };
    const share = summary.redundantShare;
    tile("diff-bytes", bytes(summary.diffBytes.total), `in ${plural(summary.diffSizes.count, "diff")}`);
    tile("redundant", percent(share), "of their text was there already", share >= 0.1 ? "bad" : "good");
    tile("join-bytes", bytes(summary.joinBytes.total), `in ${plural(summary.joinSizes.count, "join")}`);
    tile("diff-p95", bytes(summary.diffSizes.p95), `p95 of diffs, max ${bytes(summary.diffSizes.max)}`);
    tile("latency-p95", duration(summary.latencies.p95), `p95 event → reply, max ${duration(summary.latencies.max)}`);
    tile("finding-count", String(data.findings.length),
      summary.savedBytes ? `findings; −${bytes(summary.savedBytes)}` : "findings", data.findings.length ? "bad" : "good");
  };

  const budgets = () => {
    if (!data.budgets) return;
    const section = card("Budget", "budgets");
    const broken = data.budgets.checks.filter((check) => check.isBroken);
    add(section, "p", { class: "soft" }, broken.length
      ? `${broken.length} of ${plural(data.budgets.checks.length, "limit")} broken`
      : `All ${plural(data.budgets.checks.length, "limit")} kept`);
    for (const check of broken) {
      const row = add(section, "div");
      add(row, "span", { class: `badge ${check.level === "error" ? "error" : "warning"}` }, check.level);
      row.append(check.text);
    }
    for (const note of data.budgets.notes) add(section, "div", { class: "soft" }, note);
  };

  // Charts

  const WIDTH = 1100, HEIGHT = 190, LEFT = 56, BOTTOM = 22, TOP = 8;
  const chart = (section, points, label, text) => {
    const svg = add(section, "svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label });
    const most = Math.max(1, ...points.map((point) => point[1]));
    const end = Math.max(1, ...points.map((point) => point[0]));
    // The root: small messages stay visible beside large ones, and zero stays zero.
    const x = (time) => LEFT + (WIDTH - LEFT - 10) * (time / end);
    const y = (value) => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * Math.sqrt(value / most);
    for (const share of [0, 0.0625, 0.25, 0.5625, 1]) {
      const value = most * share;
      add(svg, "line", { class: "grid", x1: LEFT, x2: WIDTH - 10, y1: y(value), y2: y(value) });
      add(svg, "text", { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end" }, text(Math.round(value)));
    }
    for (let part = 0; part <= 5; part += 1) {
      const anchor = part === 5 ? "end" : "middle";
      add(svg, "text", { x: x(end * part / 5), y: HEIGHT - 5, "text-anchor": anchor }, clock(end * part / 5));
    }
    return { svg, x, y };
  };

  const sizes = () => {
    const { points, stride } = data.sizePoints;
    if (!points.length) return;
    const section = card("Size over time", "sizes");
    const { svg, x, y } = chart(section, points, "bytes of each diff over time", bytes);
    const width = Math.max(1.5, Math.min(5, 700 / points.length));
    for (const [time, value, redundant, route, label, isJoin] of points) {
      const group = add(svg, "g", isJoin ? { class: "joined" } : {});
      add(group, "title", {}, `${label}, ${route}: ${bytes(value)}, ${bytes(redundant)} redundant, at ${clock(time)}`);
      const line = { x1: x(time), x2: x(time), "stroke-width": width };
      add(group, "line", { ...line, class: "bytes", y1: y(0), y2: y(value) });
      if (redundant) add(group, "line", { ...line, class: "waste", y1: y(0), y2: y(redundant) });
    }
    const merged = stride > 1 ? `; each line is the largest of ${stride} messages` : "";
    legend(section, [["--bytes", "bytes"], ["--waste", "there already"]], `joins are pale${merged}`);
  };

  const latencies = () => {
    const { points, stride } = data.latencyPoints;
    if (!points.length) return;
    const section = card("Latency over time", "latencies");
    const { svg, x, y } = chart(section, points, "latency of each event over time", duration);
    for (const [time, value, , route, label] of points) {
      const dot = add(svg, "circle", { class: "time", cx: x(time), cy: y(value), r: 3.2, "fill-opacity": 0.75 });
      add(dot, "title", {}, `${label}, ${route}: ${duration(value)} at ${clock(time)}`);
    }
    legend(section, [["--time", "event → reply, at the proxy"]],
      stride > 1 ? `each dot is the slowest of ${stride} events` : "");
  };

  const legend = (section, entries, text) => {
    const line = add(section, "p", { class: "legend" });
    for (const [colour, name] of entries) {
      add(line, "i", { style: `background: var(${colour})` });
      line.append(name);
    }
    if (text) line.append(` · ${text}`);
  };

  // The treemap (squarified: Bruls, Huizing, van Wijk)

  const worst = (row, side) => {
    const sum = row.reduce((total, item) => total + item.area, 0);
    return Math.max(...row.map((item) => Math.max((side * side * item.area) / (sum * sum), (sum * sum) / (side * side * item.area))));
  };
  const squarify = (items, box) => {
    const total = items.reduce((sum, item) => sum + item.bytes, 0);
    const scale = total ? (box.width * box.height) / total : 0;
    const waiting = items.filter((item) => item.bytes > 0).map((item) => ({ item, area: item.bytes * scale }))
      .sort((left, right) => right.area - left.area);
    const placed = [];
    let { x, y, width, height } = box;
    while (waiting.length && width > 0.5 && height > 0.5) {
      const side = Math.min(width, height);
      const row = [waiting.shift()];
      while (waiting.length && worst([...row, waiting[0]], side) <= worst(row, side)) row.push(waiting.shift());
      const sum = row.reduce((total, entry) => total + entry.area, 0);
      let offset = 0;
      for (const entry of row) {
        const length = (entry.area / sum) * side, depth = sum / side;
        placed.push(width < height
          ? { item: entry.item, x: x + offset, y, width: length, height: depth }
          : { item: entry.item, x, y: y + offset, width: depth, height: length });
        offset += length;
      }
      if (width < height) { y += sum / side; height -= sum / side; } else { x += sum / side; width -= sum / side; }
    }
    return placed;
  };

  const treemap = () => {
    const views = new Map();
    for (const path of data.paths) {
      const view = views.get(path.route) ?? { name: path.route, bytes: 0, paths: [] };
      view.bytes += path.bytes;
      view.paths.push(path);
      views.set(path.route, view);
    }
    if (!views.size) return;
    const section = card("Bytes of diffs by view and path", "treemap");
    const map = add(section, "div", { class: "map" });
    const draw = () => {
      map.replaceChildren();
      const box = { x: 0, y: 0, width: map.clientWidth, height: map.clientHeight };
      for (const place of squarify([...views.values()], box)) drawView(map, place);
    };
    const place = (node, { x, y, width, height }) => {
      Object.assign(node.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
    };
    const drawView = (map, { item: view, ...box }) => {
      const node = add(map, "div", { class: "view" });
      place(node, box);
      const head = box.height > 44 ? 20 : 0;
      if (head) add(node, "span", {}, `${view.name} ${bytes(view.bytes)}`);
      const inside = { x: 0, y: head, width: box.width - 2, height: box.height - head - 2 };
      for (const { item: path, ...leafBox } of squarify(view.paths, inside)) {
        const share = path.bytes ? path.redundantBytes / path.bytes : 0;
        const title = `${path.path}\n${bytes(path.bytes)}, ${percent(share)} there already`;
        const leaf = add(node, "div", { class: "leaf", title });
        leaf.style.background = `color-mix(in oklab, #c4492f ${Math.round(share * 100)}%, #3f74a8)`;
        place(leaf, leafBox);
        if (leafBox.width > 60 && leafBox.height > 18) leaf.append(`${path.path} ${bytes(path.bytes)}`);
      }
    };
    draw();
    addEventListener("resize", draw);
    legend(section, [["--bytes", "new or changed"], ["--waste", "there already"]], "the area is bytes of text");
  };

  // Tables and findings

  const table = (section, head, rows) => {
    const node = add(add(section, "div", { class: "scroll" }), "table");
    const line = add(add(node, "thead"), "tr");
    for (const cell of head) add(line, "th", {}, cell);
    const body = add(node, "tbody");
    for (const row of rows) {
      const line = add(body, "tr");
      for (const cell of row) add(line, "td", {}, String(cell));
    }
  };

  const tables = () => {
    const pair = add(main, "div", { class: "pair" });
    const half = (title, id, head, rows) => {
      if (!rows.length) return;
      const section = add(pair, "section", { class: "card", id });
      add(section, "h2", {}, title);
      table(section, head, rows);
    };
    half("Views", "views", ["view", "diffs", "bytes", "redundant", "p95"], data.views.slice(0, 20).map((view) => [
      view.route, view.diffs, bytes(view.bytes), bytes(view.redundantBytes), bytes(view.sizes.p95)]));
    half("Events", "events", ["event", "times", "bytes", "redundant", "latency p95"],
      data.events.slice(0, 20).map((event) => [`${event.event}  ${event.route}`, event.count, bytes(event.bytes),
        bytes(event.redundantBytes), event.latencies.count ? duration(event.latencies.p95) : ""]));
  };

  const findings = () => {
    const section = card(data.findings.length ? "Findings" : "No findings", "findings");
    for (const [index, finding] of data.findings.entries()) {
      const node = add(section, "details", index < 3 ? { open: "" } : {});
      const head = add(node, "summary");
      add(head, "span", { class: `badge ${finding.severity}` }, finding.rule);
      add(head, "b", {}, finding.title);
      if (finding.savedBytes) {
        const share = finding.ofBytes ? `−${percent(finding.savedShare)}, ` : "";
        add(head, "span", { class: "saving" }, `${share}${bytes(finding.savedBytes)}`);
      }
      if (finding.occurrences > 1) add(head, "span", { class: "soft" }, `seen ${finding.occurrences} times`);
      add(node, "p", {}, [finding.where, finding.evidence.text].filter(Boolean).join(": "));
      const messages = finding.evidence.messages
        .map((message) => `connection ${message.connection} ${message.sender} frame ${message.firstFrame}`);
      if (messages.length) add(node, "p", { class: "soft" }, `look at ${messages.join(", ")}`);
      add(node, "p", {}, finding.advice);
      const code = add(node, "div", { class: "code" });
      for (const [title, text] of [["before", finding.before], ["after", finding.after]]) {
        if (!text) continue;
        const side = add(code, "div");
        add(side, "span", { class: "soft" }, title);
        add(side, "pre", {}, text);
      }
      add(node, "p", { class: "soft" }, `Source: ${finding.source}`);
    }
  };

  // The diffs

  const diffs = () => {
    if (!data.samples.length) return;
    const section = card("Diffs: those that repeat most, and the largest", "diffs");
    const viewer = add(section, "div", { class: "viewer" });
    const list = add(viewer, "ul");
    const text = add(viewer, "pre", { tabindex: "0" });
    const buttons = data.samples.map((sample) => {
      const button = add(add(list, "li"), "button", { type: "button", "aria-pressed": "false" });
      add(button, "b", {}, `${sample.label} `);
      button.append(`${sample.route} · ${bytes(sample.bytes)}, ${bytes(sample.redundantBytes)} there already`);
      add(button, "div", { class: "soft" },
        `${clock(sample.milliseconds)}, connection ${sample.connection}, frame ${sample.frame}`);
      button.addEventListener("click", () => show(sample, button));
      return button;
    });
    const show = (sample, button) => {
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
      text.replaceChildren();
      for (const [mark, content] of sample.segments) {
        add(text, mark === "structure" ? "span" : "mark", { class: mark }, content);
      }
      if (sample.omittedBytes) add(text, "span", { class: "soft" }, `\n… and ${bytes(sample.omittedBytes)} more`);
    };
    show(data.samples[0], buttons[0]);
    legend(section, [["--new", "new"], ["--changed", "changed"], ["--redundant", "there already"]], "");
  };

  const notes = () => {
    if (!data.noteCount) return;
    const section = card("What could not be used", "notes");
    for (const note of data.notes.slice(0, 20)) add(section, "div", { class: "soft" }, note);
    if (data.noteCount > 20) add(section, "div", { class: "soft" }, `and ${data.noteCount - 20} more`);
  };

  main.replaceChildren();
  header();
  budgets();
  findings();
  sizes();
  latencies();
  treemap();
  tables();
  diffs();
  notes();
})();
