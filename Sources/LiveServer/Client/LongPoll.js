// The second transport: the same messages over HTTP, behind the interface of a WebSocket.
// GET waits for messages; POST sends a batch, one message a line, one batch at a time so that the order holds.

// The names of WebSocket's states, which is not in every browser that this transport is for.
const CONNECTION = { connecting: 0, open: 1, closed: 3 };
const POLL_TIMEOUT = 20_000;
const BATCH_LIMIT = 100;
const POLL_STATUS = { ok: 200, nothing: 204, forbidden: 403, newSession: 410 };

class LongPoll {
  constructor(url) {
    this.endpoint = url;
    this.token = null;
    this.readyState = CONNECTION.connecting;
    this.queue = [];
    this.isSending = false;
    this.aborter = new AbortController();
    // The owner sets its handlers first.
    queueMicrotask(() => this.poll());
  }

  send(data) {
    this.queue.push(typeof data === "string" ? data : base64(data));
    // What is sent in one turn travels together.
    if (!this.isSending) queueMicrotask(() => this.flush());
    this.isSending = true;
  }

  close(code = 1000, reason = "") {
    if (this.readyState === CONNECTION.closed) return;
    this.readyState = CONNECTION.closed;
    this.aborter.abort();
    this.onclose?.({ code, reason, wasClean: code === 1000 });
  }

  async poll() {
    while (this.readyState !== CONNECTION.closed) {
      const answer = await this.request("GET");
      if (this.readyState === CONNECTION.closed) return;
      if (!this.handle(answer)) return this.fail(answer);
    }
  }

  // False when the session is over.
  handle({ status, token, messages }) {
    if (status === POLL_STATUS.newSession) {
      // With a token of ours this means that the server forgot us: the channels must join again.
      if (this.token) return false;
      this.token = token;
      this.readyState = CONNECTION.open;
      this.onopen?.({});
      return true;
    }
    if (token) this.token = token;
    if (status === POLL_STATUS.ok) for (const data of messages ?? []) this.deliver(data);
    return status === POLL_STATUS.ok || status === POLL_STATUS.nothing;
  }

  deliver(data) {
    if (this.readyState !== CONNECTION.open) return;
    this.onmessage?.({ data: data.startsWith("[") ? data : fromBase64(data) });
  }

  fail({ status }) {
    this.onerror?.(new Error(`long poll: status ${status}`));
    this.close(status === POLL_STATUS.forbidden ? 1008 : 1011, `status ${status}`);
  }

  async flush() {
    while (this.queue.length > 0 && this.readyState === CONNECTION.open) {
      const answer = await this.request("POST", this.queue.splice(0, BATCH_LIMIT).join("\n"));
      if (answer.status !== POLL_STATUS.ok && this.readyState !== CONNECTION.closed) this.fail(answer);
    }
    this.isSending = false;
  }

  async request(method, body) {
    const url = this.token ? `${this.endpoint}&token=${encodeURIComponent(this.token)}` : this.endpoint;
    const headers = method === "POST" ? { "content-type": "application/x-ndjson" } : { accept: "application/json" };
    const signal = AbortSignal.any([this.aborter.signal, AbortSignal.timeout(POLL_TIMEOUT)]);
    try {
      const response = await fetch(url, { method, headers, body, signal });
      return await response.json();
    } catch (error) {
      return { status: 0, error };
    }
  }
}

function base64(buffer) {
  let text = "";
  for (const byte of new Uint8Array(buffer)) text += String.fromCharCode(byte);
  return btoa(text);
}

function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer;
}
