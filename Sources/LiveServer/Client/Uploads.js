// Files of a view's file inputs: announced with the form, allowed by the server, then sent in chunks on a channel each.

let entryCount = 0; // entries of a page are numbered through

class Uploads {
  constructor(view) {
    this.view = view;
    this.entries = []; // of all inputs
    this.submitting = new WeakSet(); // forms that wait for their files
  }

  // ---- choosing

  // Takes over what the user chose. `input` and `change` both come here: the same file counts once.
  track(input, files = [...input.files]) {
    if (this.isDropping) return;
    const known = this.entriesFor(input);
    const fresh = files.filter((file) => !known.some((entry) => entry.file === file));
    if (!input.multiple) for (const entry of known) if (!files.includes(entry.file)) this.drop(entry);
    for (const file of fresh) this.entries.push(new UploadEntry(this, input, file));
    // The list is ours now; the same file may be chosen again later.
    if (input.multiple) input.value = "";
  }

  // Files that came by drag and drop, or from a hook.
  dropFiles(input, files) {
    this.track(input, files);
    this.isDropping = true;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    this.isDropping = false;
  }

  // `files` for the input of that name below `root`.
  add(root, name, files) {
    const input = root.querySelector(`input[type=file][name="${CSS.escape(name)}"]`);
    if (!input) return console.error(`no file input "${name}"`, root);
    this.dropFiles(input, [...files]);
  }

  drop(entry) {
    this.entries = this.entries.filter((one) => one !== entry);
    entry.stop();
  }

  reset() {
    for (const entry of [...this.entries]) {
      const input = entry.input;
      this.drop(entry);
      if (input) input.value = "";
    }
  }

  // After a patch: the server no longer lists an entry that was cancelled or consumed.
  sync() {
    for (const entry of [...this.entries]) {
      const isActive = refsOf(entry.input, "data-phx-active-refs").includes(entry.ref);
      if (entry.wasActive && !isActive) this.drop(entry);
      entry.wasActive ||= isActive;
    }
  }

  // ---- looking

  entriesFor(input) {
    const ref = input.getAttribute("data-phx-upload-ref");
    return this.entries.filter((entry) => entry.uploadRef === ref);
  }

  inputsOf(form) {
    const isUpload = (field) => field.type === "file" && field.hasAttribute("data-phx-upload-ref");
    return [...(form.elements ?? [])].filter(isUpload);
  }

  hasEntries(form) {
    return this.inputsOf(form).some((input) => this.entriesFor(input).some((entry) => !entry.isDone));
  }

  // What a form event says of the chosen files.
  entriesOf(form) {
    const result = {};
    for (const input of this.inputsOf(form)) {
      const list = this.entriesFor(input).map((entry) => entry.announcement());
      if (list.length > 0) result[input.getAttribute("data-phx-upload-ref")] = list;
    }
    return result;
  }

  fileOf(uploadRef, entryRef) {
    return this.entries.find((entry) => entry.uploadRef === uploadRef && entry.ref === entryRef)?.file;
  }

  // ---- sending

  startAutomatic(form, cid) {
    for (const input of this.inputsOf(form)) {
      if (input.hasAttribute("data-phx-auto-upload")) this.upload(input, cid);
    }
  }

  // Sends all files of a form, then calls `done`; not if one of them failed.
  uploadAll(form, cid, done) {
    if (this.submitting.has(form)) return;
    this.submitting.add(form);
    const entries = this.inputsOf(form).flatMap((input) => this.entriesFor(input));
    for (const input of this.inputsOf(form)) this.upload(input, cid);
    Promise.all(entries.map((entry) => entry.finished)).then((results) => {
      this.submitting.delete(form);
      if (results.every((result) => result !== "failed") && this.view.isConnected) done();
    });
  }

  // Asks the server to allow the files that it lists and that are not on their way, and sends them.
  upload(input, cid) {
    const entries = this.entriesFor(input).filter((entry) => entry.state === "chosen");
    if (entries.length === 0) return;
    for (const entry of entries) Object.assign(entry, { state: "asked", cid });
    const request = {
      ref: input.getAttribute("data-phx-upload-ref"),
      entries: entries.map((entry) => entry.announcement(false)),
      cid,
    };
    this.view.socket.log(this.view, "upload", "sending preflight request", request);
    pushAndWait(this.view, "allow_upload", request, [], {
      ok: (response) => this.allowed(entries, response),
      error: () => entries.forEach((entry) => entry.finish("failed")),
    });
  }

  allowed(entries, response) {
    this.view.socket.log(this.view, "upload", "got preflight response", response);
    const external = new Map(); // uploader -> entries
    for (const entry of entries) {
      const answer = response.entries?.[entry.ref];
      if (answer === undefined || response.error) entry.finish("failed");
      else if (typeof answer === "string") entry.send(answer, response.config);
      else {
        entry.meta = answer;
        external.set(answer.uploader, [...(external.get(answer.uploader) ?? []), entry]);
      }
    }
    for (const [name, group] of external) this.sendExternally(name, group);
  }

  sendExternally(name, entries) {
    const uploader = this.view.socket.options.uploaders[name];
    if (uploader) return uploader(entries, (callback) => this.view.channel.onError && callback());
    console.error(`no uploader "${name}" is registered`);
    for (const entry of entries) entry.error();
  }
}

const refsOf = (input, attribute) => (input?.getAttribute(attribute) ?? "").split(",").filter(Boolean);

// One file. An external uploader sees it too, and calls progress(percent) and error(reason).
class UploadEntry {
  constructor(uploads, input, file) {
    this.uploads = uploads;
    this.uploadRef = input.getAttribute("data-phx-upload-ref");
    this.progressEvent = input.getAttribute("phx-progress");
    this.path = input.name;
    this.file = file;
    this.ref = String(entryCount++);
    this.state = "chosen"; // chosen | asked | sending | done | failed
    this.sent = 0; // percent last told
    this.finished = new Promise((resolve) => (this.resolve = resolve));
  }

  get input() {
    return document.querySelector(`[data-phx-upload-ref="${CSS.escape(this.uploadRef)}"]`);
  }

  get isDone() {
    return this.state === "done";
  }

  announcement(hasPath = true) {
    const { name, type, size, lastModified, webkitRelativePath = "", meta } = this.file;
    const about = { ref: this.ref, last_modified: lastModified, name, relative_path: webkitRelativePath, type, size };
    if (typeof meta === "function") about.meta = meta.call(this.file);
    return hasPath ? { path: this.path, ...about } : about;
  }

  finish(state) {
    this.state = state;
    this.resolve(state);
  }

  stop() {
    if (this.channel && this.state !== "done") this.channel.leave();
    this.resolve("stopped");
  }

  // Chunks go one at a time: the next when the server has taken the last.
  send(token, { chunk_size: size, chunk_timeout: timeout = 10_000 }) {
    this.state = "sending";
    this.channel = this.uploads.view.socket.socket.channel(`lvu:${this.ref}`, () => ({ token }));
    this.channel.onError = () => this.abort("failed");
    this.channel.join({
      ok: () => this.sendChunk(0, size, timeout),
      error: ({ reason }) => this.abort(reason),
      timeout: () => this.abort("timeout"),
    });
  }

  async sendChunk(offset, size, timeout) {
    const chunk = await this.file.slice(offset, offset + size).arrayBuffer();
    if (this.state !== "sending" || !this.channel.isJoined) return;
    const end = offset + chunk.byteLength;
    const handlers = {
      ok: () => {
        this.progress(this.file.size === 0 ? 100 : (end / this.file.size) * 100);
        if (end < this.file.size) this.sendChunk(end, size, timeout);
      },
      error: ({ reason }) => this.abort(reason),
      timeout: () => this.abort("timeout"),
    };
    this.channel.push("chunk", chunk, handlers, timeout);
  }

  abort(reason) {
    this.channel.leave();
    this.error(reason);
  }

  progress(percent) {
    const whole = Math.floor(percent);
    if (whole <= this.sent || this.state === "failed") return;
    this.sent = whole;
    if (whole >= 100) this.state = "done";
    this.tell(Math.min(whole, 100), () => whole >= 100 && this.finish("done"));
  }

  error(reason = "failed") {
    if (this.state === "failed" || this.state === "done") return;
    this.finish("failed");
    this.tell({ error: reason });
  }

  tell(progress, told = () => {}) {
    const view = this.uploads.view;
    const payload = { event: this.progressEvent, ref: this.uploadRef, entry_ref: this.ref, progress, cid: this.cid };
    pushAndWait(view, "progress", payload, [], { ok: told, error: told });
  }
}
