// One topic on the socket. It joins again by itself after an error, until it is left.

const REJOIN_DELAYS = [1000, 2000, 5000]; // then LAST_REJOIN_DELAY
const LAST_REJOIN_DELAY = 10_000;
const JOIN_TIMEOUT = 10_000;
const PUSH_TIMEOUT = 30_000;

class Channel {
  constructor(socket, topic, params) {
    this.socket = socket;
    this.topic = topic;
    this.params = params; // a function: tokens and URL may differ at each join
    this.state = "closed"; // closed | joining | joined | errored | leaving
    this.joinRef = null;
    this.attempts = 0;
    this.waiting = new Map(); // ref -> what to do with the reply
    this.unsent = []; // pushes made while joining
    this.onEvent = () => {};
    this.onError = () => {};
    this.onClose = () => {};
  }

  get isJoined() {
    return this.state === "joined";
  }

  // `handlers`: ok(response) and error(response) at every join, not at the first only; timeout().
  join(handlers) {
    this.joinHandlers = handlers;
    this.socket.add(this);
    this.sendJoin();
  }

  sendJoin() {
    clearTimeout(this.rejoinTimer);
    this.state = "joining";
    this.joinRef = this.socket.nextRef();
    this.waiting.clear();
    this.expect(this.joinRef, JOIN_TIMEOUT, {
      ok: (response) => {
        this.state = "joined";
        this.attempts = 0;
        this.joinHandlers.ok(response);
        for (const send of this.unsent.splice(0)) send();
      },
      error: (response) => {
        this.state = "errored";
        this.rejoinLater();
        this.joinHandlers.error(response);
      },
      timeout: () => {
        this.send("phx_leave", {}, this.socket.nextRef());
        this.state = "errored";
        this.rejoinLater();
        this.joinHandlers.timeout?.();
      },
    });
    this.send("phx_join", this.params(), this.joinRef);
  }

  // `handlers`: ok(response), error(response), timeout(); each is optional.
  push(event, payload, handlers = {}, timeout = PUSH_TIMEOUT) {
    const send = () => {
      const ref = this.socket.nextRef();
      this.expect(ref, timeout, handlers);
      this.send(event, payload, ref);
    };
    if (this.state === "joining") this.unsent.push(send);
    else if (this.isJoined) send();
  }

  leave() {
    if (this.state === "closed" || this.state === "leaving") return;
    clearTimeout(this.rejoinTimer);
    this.state = "leaving";
    this.forget();
    const ref = this.socket.nextRef();
    const done = () => this.close();
    this.expect(ref, JOIN_TIMEOUT, { ok: done, error: done, timeout: done });
    // A socket that is down has told the server already.
    if (this.socket.isConnected()) this.send("phx_leave", {}, ref);
    else done();
  }

  close() {
    this.forget();
    this.state = "closed";
    this.socket.remove(this);
  }

  send(event, payload, ref) {
    this.socket.send({ joinRef: this.joinRef, ref, topic: this.topic, event, payload });
  }

  expect(ref, timeout, handlers) {
    const timer = setTimeout(() => {
      this.waiting.delete(ref);
      handlers.timeout?.();
    }, timeout);
    this.waiting.set(ref, { handlers, timer });
  }

  // Replies will not come any more.
  forget() {
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.waiting.clear();
    this.unsent = [];
  }

  receive({ joinRef, ref, event, payload }) {
    if (joinRef !== null && joinRef !== this.joinRef) return; // meant for an earlier join
    if (event === "phx_reply") this.reply(ref, payload);
    else if (event === "phx_error") this.fail("crash", payload);
    else if (event === "phx_close") this.closedByServer();
    else if (this.isJoined) this.onEvent(event, payload);
  }

  reply(ref, { status, response }) {
    const request = this.waiting.get(ref);
    if (!request) return;
    clearTimeout(request.timer);
    this.waiting.delete(ref);
    (status === "ok" ? request.handlers.ok : request.handlers.error)?.(response);
  }

  closedByServer() {
    const wasLeaving = this.state === "leaving";
    this.close();
    if (!wasLeaving) this.onClose();
  }

  // The process behind the channel died, or the socket did.
  fail(cause, payload) {
    if (this.state === "leaving") return this.close();
    if (this.state === "closed" || this.state === "errored") return;
    this.forget();
    this.state = "errored";
    if (cause === "crash") this.rejoinLater();
    this.onError(cause, payload);
  }

  rejoinLater() {
    clearTimeout(this.rejoinTimer);
    const delay = REJOIN_DELAYS[this.attempts++] ?? LAST_REJOIN_DELAY;
    this.rejoinTimer = setTimeout(() => this.rejoinNow(), jittered(delay));
  }

  rejoinNow() {
    if (this.state === "errored" && this.socket.isConnected()) this.sendJoin();
  }
}

// Up to a quarter more, so that clients which fell together do not come back together.
function jittered(delay) {
  return delay * (1 + Math.random() / 4);
}
