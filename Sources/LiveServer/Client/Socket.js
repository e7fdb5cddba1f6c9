// The connection that all channels share: WebSocket, or long poll where that does not come through.

const RECONNECT_DELAYS = [10, 50, 100, 150, 200, 250, 500, 1000, 2000]; // then LAST_RECONNECT_DELAY
const LAST_RECONNECT_DELAY = 5000;
const HEARTBEAT_INTERVAL = 30_000;
const NORMAL_CLOSURE = 1000;
const FALLBACK_KEY = "phx:fallback:LongPoll";

class Socket {
  constructor(path, params, fallbackAfter) {
    this.path = path;
    this.params = params; // a function
    this.fallbackAfter = fallbackAfter; // milliseconds, or null for WebSocket only
    this.channels = [];
    this.ref = 0;
    this.unsent = [];
    this.tries = 0;
    this.latency = 0; // of the latency simulator, in milliseconds
    this.isWanted = false;
    this.hasWorked = false;
    this.listeners = { open: [], close: [], error: [], message: [] };
    document.addEventListener("visibilitychange", () => this.isWanted && !this.conn && this.open());
  }

  onOpen(callback) {
    this.listeners.open.push(callback);
  }

  onClose(callback) {
    this.listeners.close.push(callback);
  }

  onError(callback) {
    this.listeners.error.push(callback);
  }

  onMessage(callback) {
    this.listeners.message.push(callback);
  }

  isConnected() {
    return this.conn?.readyState === CONNECTION.open;
  }

  connect() {
    if (this.isWanted) return;
    this.isWanted = true;
    this.open();
  }

  disconnect(callback = () => {}, code = NORMAL_CLOSURE, reason = "") {
    this.isWanted = false;
    clearTimeout(this.reconnectTimer);
    const conn = this.conn;
    if (conn) {
      this.dropped({ code, reason });
      conn.close(code, reason);
    }
    callback();
  }

  channel(topic, params) {
    return new Channel(this, topic, params);
  }

  add(channel) {
    if (!this.channels.includes(channel)) this.channels.push(channel);
  }

  remove(channel) {
    this.channels = this.channels.filter((one) => one !== channel);
  }

  nextRef() {
    return String(++this.ref);
  }

  send(message) {
    this.delayed(() => {
      const send = () => this.conn.send(encodeMessage(message));
      if (this.isConnected()) send();
      else this.unsent.push(send);
    });
  }

  // The latency simulator holds everything back by the same time, so that nothing changes places.
  delayed(action) {
    if (this.latency > 0) setTimeout(action, this.latency);
    else action();
  }

  url(transport) {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const query = encodeQuery({ ...this.params(), vsn: CHANNELS_VERSION });
    return `${scheme}//${location.host}${this.path}/${transport}?${query}`;
  }

  open() {
    clearTimeout(this.reconnectTimer);
    // A hidden tab connects when it is shown: many of them would otherwise come back to a server at once.
    if (document.hidden && this.hasWorked) return;
    const isFallback =
      !window.WebSocket || (this.fallbackAfter !== null && sessionStorage.getItem(FALLBACK_KEY) === "true");
    const pollURL = () => this.url("longpoll").replace("ws", "http");
    const conn = isFallback ? new LongPoll(pollURL()) : new WebSocket(this.url("websocket"));
    this.conn = conn;
    conn.binaryType = "arraybuffer";
    conn.onopen = () => this.opened(conn);
    conn.onmessage = ({ data }) => this.conn === conn && this.received(data);
    conn.onerror = (error) => this.conn === conn && this.tell("error", error);
    conn.onclose = (event) => this.conn === conn && this.lost(event);
    if (!isFallback && !this.hasWorked && this.fallbackAfter !== null) this.watchFirstAnswer();
  }

  // A WebSocket that opens but brings no answer is as bad as none: some middle boxes swallow messages.
  watchFirstAnswer() {
    clearTimeout(this.fallbackTimer);
    this.fallbackTimer = setTimeout(() => this.fallBack(), this.fallbackAfter);
  }

  fallBack() {
    clearTimeout(this.fallbackTimer);
    if (this.hasWorked || !this.isWanted || this.conn instanceof LongPoll) return;
    sessionStorage.setItem(FALLBACK_KEY, "true");
    const conn = this.conn;
    this.dropped({ code: 3000, reason: "falling back to long poll" });
    conn?.close();
    this.open();
  }

  opened(conn) {
    if (this.conn !== conn) return;
    this.tries = 0;
    for (const send of this.unsent.splice(0)) send();
    if (!this.hasWorked && this.fallbackAfter !== null) this.beat();
    else this.scheduleHeartbeat();
    for (const channel of [...this.channels]) channel.rejoinNow();
    this.tell("open");
  }

  received(data) {
    this.hasWorked = true;
    clearTimeout(this.fallbackTimer);
    this.delayed(() => {
      const message = decodeMessage(data);
      if (message.ref !== null && message.ref === this.heartbeatRef) this.scheduleHeartbeat();
      for (const channel of [...this.channels]) {
        if (channel.topic === message.topic) channel.receive(message);
      }
      this.tell("message", message);
    });
  }

  scheduleHeartbeat() {
    this.heartbeatRef = null;
    clearTimeout(this.heartbeatTimer);
    // A poll is its own sign of life.
    if (this.conn instanceof LongPoll) return;
    this.heartbeatTimer = setTimeout(() => this.beat(), HEARTBEAT_INTERVAL);
  }

  beat() {
    if (!this.isConnected()) return;
    clearTimeout(this.heartbeatTimer);
    this.heartbeatRef = this.nextRef();
    this.send({ joinRef: null, ref: this.heartbeatRef, topic: "phoenix", event: "heartbeat", payload: {} });
    this.heartbeatTimer = setTimeout(() => this.heartbeatMissed(), HEARTBEAT_INTERVAL);
  }

  heartbeatMissed() {
    const conn = this.conn;
    this.dropped({ code: NORMAL_CLOSURE, reason: "heartbeat timeout" });
    conn?.close(NORMAL_CLOSURE, "heartbeat timeout");
    this.open();
  }

  lost(event) {
    this.dropped(event);
    if (!this.isWanted) return;
    // The first connection failed outright: no need to wait for the timer.
    if (!this.hasWorked && this.fallbackAfter !== null && sessionStorage.getItem(FALLBACK_KEY) !== "true") {
      return this.fallBack();
    }
    if (event.code !== NORMAL_CLOSURE) this.reconnectLater();
  }

  reconnectLater() {
    clearTimeout(this.reconnectTimer);
    const delay = RECONNECT_DELAYS[this.tries++] ?? LAST_RECONNECT_DELAY;
    this.reconnectTimer = setTimeout(() => this.open(), jittered(delay));
  }

  // The connection is gone, for whatever reason.
  dropped(event) {
    this.conn = null;
    this.unsent = []; // joins; the channels make new ones
    clearTimeout(this.heartbeatTimer);
    clearTimeout(this.fallbackTimer);
    this.heartbeatRef = null;
    for (const channel of [...this.channels]) channel.fail("socket", event);
    this.tell("close", event);
  }

  tell(kind, detail) {
    for (const listener of [...this.listeners[kind]]) listener(detail);
  }
}
