// Asks the browser's passkey before a form is sent. Without it, the form goes as it is, and the server decides.
"use strict";

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const named = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

async function signed(options) {
  const asked = { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) };
  const given = await navigator.credentials.get({ publicKey: asked });
  const answer = given.response;
  return JSON.stringify({
    id: given.id,
    rawId: text(given.rawId),
    type: given.type,
    response: {
      clientDataJSON: text(answer.clientDataJSON),
      authenticatorData: text(answer.authenticatorData),
      signature: text(answer.signature),
      userHandle: answer.userHandle ? text(answer.userHandle) : null,
    },
  });
}

async function created(options) {
  const asked = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: named(options.excludeCredentials),
  };
  const given = await navigator.credentials.create({ publicKey: asked });
  return JSON.stringify({
    id: given.id,
    rawId: text(given.rawId),
    type: given.type,
    response: {
      clientDataJSON: text(given.response.clientDataJSON),
      attestationObject: text(given.response.attestationObject),
    },
  });
}

function before(form, fill) {
  form.addEventListener("submit", async (event) => {
    const pressed = event.submitter;
    if (pressed.dataset.plain !== undefined) return;
    event.preventDefault();
    pressed.disabled = true;
    try {
      await fill();
      if (pressed.name) {
        const said = document.createElement("input");
        Object.assign(said, { type: "hidden", name: pressed.name, value: pressed.value });
        form.append(said);
      }
      form.submit();
    } catch {
      pressed.disabled = false;
      form.querySelector("[data-failed]").hidden = false;
    }
  });
}

for (const form of document.querySelectorAll("form[data-sign]")) {
  before(form, async () => {
    form.elements.assertion.value = await signed(JSON.parse(form.dataset.sign));
  });
}
for (const form of document.querySelectorAll("form[data-register]")) {
  before(form, async () => {
    const options = JSON.parse(form.dataset.register);
    if (options.get) form.elements.agreed.value = await signed(options.get);
    form.elements.response.value = await created(options.create);
  });
}
