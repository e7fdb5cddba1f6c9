// Channels messages, version 2: a JSON array of [join ref, ref, topic, event, payload], or a binary frame.

const CHANNELS_VERSION = "2.0.0";
const BINARY_KINDS = { push: 0, reply: 1, broadcast: 2 };

function encodeMessage({ joinRef, ref, topic, event, payload }) {
  if (!(payload instanceof ArrayBuffer)) return JSON.stringify([joinRef, ref, topic, event, payload]);
  const fields = [joinRef, ref, topic, event].map((field) => new TextEncoder().encode(field ?? ""));
  const sizes = fields.map((field) => field.length);
  const frame = new Uint8Array(1 + sizes.length + sizes.reduce((sum, size) => sum + size, 0) + payload.byteLength);
  frame.set([BINARY_KINDS.push, ...sizes]);
  let at = 1 + sizes.length;
  for (const part of [...fields, new Uint8Array(payload)]) {
    frame.set(part, at);
    at += part.length;
  }
  return frame.buffer;
}

function decodeMessage(data) {
  if (data instanceof ArrayBuffer) return decodeBinary(new Uint8Array(data));
  const [joinRef, ref, topic, event, payload] = JSON.parse(data);
  return { joinRef, ref, topic, event, payload };
}

// Each kind has its own fields; their sizes come first, one byte each. What is left is the payload.
function decodeBinary(bytes) {
  const names = [["joinRef", "topic", "event"], ["joinRef", "ref", "topic", "status"], ["topic", "event"]][bytes[0]];
  if (!names) throw new Error(`binary message of unknown kind ${bytes[0]}`);
  const fields = { joinRef: null, ref: null };
  let at = 1 + names.length;
  names.forEach((name, i) => {
    fields[name] = new TextDecoder().decode(bytes.subarray(at, at + bytes[1 + i]));
    at += bytes[1 + i];
  });
  const body = bytes.slice(at).buffer;
  if (bytes[0] !== BINARY_KINDS.reply) return { ...fields, payload: body };
  return { ...fields, event: "phx_reply", payload: { status: fields.status, response: body } };
}

// {a: {b: [1]}} becomes a[b][0]=1; a value that is not defined is left out.
function encodeQuery(value, prefix = "") {
  const pairs = Object.entries(value).filter(([, item]) => item !== undefined);
  return pairs
    .map(([key, item]) => {
      const name = prefix ? `${prefix}[${key}]` : key;
      const isNested = item !== null && typeof item === "object";
      return isNested ? encodeQuery(item, name) : `${encodeURIComponent(name)}=${encodeURIComponent(item)}`;
    })
    .filter((part) => part !== "")
    .join("&");
}
