// Forms: what is sent of them, which fields count as untouched, and how they survive a crash of their view.

const usedFields = new WeakSet(); // fields that the user has changed
const submittedForms = new WeakSet();

// Fields in the order of the page. An untouched field is preceded by its name with `_unused_` before the last part.
function serializeForm(form, { submitter = null, only = null } = {}) {
  const result = new URLSearchParams();
  for (const [name, value] of fieldsOf(form, submitter)) {
    if (value instanceof File || (only !== null && name !== only.name)) continue;
    if (!result.has(name) && isUnused(form, name)) result.append(unusedName(name), "");
    result.append(name, value);
  }
  return result.toString();
}

// user[name] becomes user[_unused_name].
const unusedName = (name) => name.replace(/([^[\]]+)(\]?(?:\[\])?)$/, "_unused_$1$2");

function fieldsOf(form, submitter) {
  // A submitter that is disabled while it waits, or stands outside, would be left out or refused.
  const isOurs = submitter?.form === form && submitter.type !== "image";
  return isOurs ? new FormData(form, submitter).entries() : new FormData(form).entries();
}

// Hidden fields are never untouched, nor is anything after a submit.
function isUnused(form, name) {
  if (submittedForms.has(form)) return false;
  const isSeen = (field) => field.name === name && field.tagName !== "BUTTON" && field.type !== "hidden";
  const fields = [...form.elements].filter(isSeen);
  if (fields.length === 0 || form.hasAttribute("phx-no-unused-field")) return false;
  return fields.every((field) => !usedFields.has(field) && !field.hasAttribute("phx-no-unused-field"));
}

// ---- sending

// Servers before LiveView 1.0.6, and those that do not tell their version, look for `meta` among the fields.
function formEvent(view, payload) {
  if (view.takesMeta) return { type: "form", ...payload };
  const { meta, value, ...rest } = payload;
  const extra = new URLSearchParams(meta).toString();
  return { type: "form", ...rest, value: [value, extra].filter(Boolean).join("&") };
}

// A change of a field: to the event of the field itself if it has one, else to that of its form.
function pushChange(view, cid, field, event, options = {}, handlers = {}) {
  usedFields.add(field);
  const form = field.form ?? field;
  const isFieldEvent = field.hasAttribute("phx-change") && field !== form;
  const value = field.form ? serializeForm(form, { only: isFieldEvent ? field : null }) : serializeField(field);
  const meta = {
    ...valuesOfAttributes(isFieldEvent ? field : form),
    _target: field.name || "undefined",
    ...options.value,
  };
  const uploads = view.uploads.entriesOf(form);
  const holds = [
    { element: field, lock: true, loadingClass: "phx-change-loading" },
    { element: form, lock: true, loadingClass: "phx-change-loading" },
  ];
  pushEvent(view, formEvent(view, { event, value, meta, uploads, cid }), uniqueHolds(holds, options.holds), {
    ...handlers,
    ok: (...answer) => {
      if (field.type === "file") view.uploads.startAutomatic(form, cid);
      handlers.ok?.(...answer);
    },
  });
}

function serializeField(field) {
  return field.name ? new URLSearchParams([[field.name, field.value]]).toString() : "";
}

function valuesOfAttributes(element) {
  const { value, ...values } = valuesOf(element);
  const own = element.getAttribute("phx-value-value");
  return own === null ? values : { ...values, value: own };
}

function uniqueHolds(holds, more = []) {
  const elements = new Set();
  return [...holds, ...more].filter(({ element }) => !elements.has(element) && elements.add(element));
}

// A submit waits until the files of the form are on the server.
function pushSubmit(view, cid, form, event, { submitter = null, value: more = {}, holds: extra } = {}, handlers = {}) {
  submittedForms.add(form);
  const value = serializeForm(form, { submitter });
  const meta = { ...valuesOfAttributes(form), ...more };
  const holds = [{ element: form, lock: true, loadingClass: "phx-submit-loading" }];
  if (submitter) holds.push({ element: submitter, loadingClass: "phx-submit-loading" });
  for (const element of form.querySelectorAll("[phx-disable-with]")) holds.push({ element });
  const onHold = () => {
    for (const element of new Set(holds.map((hold) => hold.element))) disableWhileWaiting(view.locks, element);
    freezeForm(view.locks, form);
  };
  const send = () => {
    const fresh = view.uploads.hasEntries(form) ? serializeForm(form, { submitter }) : value;
    const payload = formEvent(view, { event, value: fresh, meta, cid });
    pushEvent(view, payload, uniqueHolds(holds, extra), { onHold, ...handlers });
  };
  if (view.uploads.hasEntries(form)) view.uploads.uploadAll(form, cid, send);
  else send();
}

// A form with `phx-trigger-action` is submitted to its action, by the browser.
function triggerForms(view) {
  for (const form of view.el.querySelectorAll("form[phx-trigger-action]")) {
    if (view.socket.ownerOf(form) !== view) continue;
    view.socket.leavePage();
    form.submit();
  }
}

// ---- recovery: after a view has joined again, its forms are told to the new process, so that no input is lost

// The forms of the page that are also in the new tree, with what to send for each.
function recoverableForms(view, to) {
  return [...view.el.querySelectorAll("form[id][phx-change]")].flatMap((form) => {
    const fresh = to.getElementById(form.id);
    const isSame = fresh?.getAttribute("phx-change") === form.getAttribute("phx-change");
    const event = form.getAttribute("phx-auto-recover") ?? form.getAttribute("phx-change");
    const field = [...form.elements].find((one) => one.name && one.type !== "hidden" && isFormField(one));
    if (!isSame || event === "ignore" || !field || view.socket.ownerOf(form) !== view) return [];
    const target = fresh.getAttribute("phx-target");
    const root = fresh.closest("[data-phx-component]");
    const isOwnComponent = target !== null && !isCID(target) && root?.matches(target);
    const cid = isCID(target ?? "") ? Number(target) : isOwnComponent ? Number(root.dataset.phxComponent) : undefined;
    return [{ form, field, event, cid }];
  });
}

// Calls `done` when every form was answered, or refused.
function recoverForms(view, forms, done) {
  let open = forms.length;
  const answered = () => --open === 0 && done();
  for (const { form, field, event, cid } of forms) {
    const handlers = { ok: answered, error: answered };
    runCommands(view.socket, form, event, {
      type: "change",
      push: (name, options) => {
        const meta = { ...valuesOfAttributes(form), _target: field.name, ...options.value };
        const value = serializeForm(form);
        pushEvent(view, formEvent(view, { event: name, value, meta, uploads: {}, cid }), [], handlers);
      },
    });
  }
}
