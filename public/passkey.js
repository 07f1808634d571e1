// Asks the browser to make or to present a passkey, and sends the form with its answer. Without this script its
// button does nothing, and its page says so.
"use strict";

const TROUBLE = {
  InvalidStateError: "This device or key has a passkey for your account already.",
  NotAllowedError: "Nothing was done: the question was closed, or took too long. Try again.",
  NotSupportedError: "This device or key knows no kind of passkey that is taken here.",
  SecurityError: "Passkeys do not work under the address at which this page was opened.",
};

function bytes(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Web Authentication, level 3, §5.1.8 and §5.1.9; for browsers that do not do it themselves. */
function unpacked(options) {
  const listed = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  const all = { ...options, challenge: bytes(options.challenge) };
  if (options.user) all.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) all.excludeCredentials = listed(options.excludeCredentials);
  if (options.allowCredentials) all.allowCredentials = listed(options.allowCredentials);
  return all;
}

/** §5.1.10: what goes to the server. */
function packed(credential) {
  const response = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response });
}

async function ask(button) {
  const form = button.form;
  const trouble = form.querySelector("[data-passkey-trouble]");
  trouble.hidden = true;
  button.disabled = true;
  try {
    if (!window.PublicKeyCredential) throw new DOMException("", "NotSupportedError");
    const { publicKey } = JSON.parse(button.dataset.options);
    const credential = await navigator.credentials[button.dataset.passkey]({ publicKey: unpacked(publicKey) });
    form.elements.namedItem(button.dataset.field).value = packed(credential);
    form.submit();
  } catch (error) {
    trouble.textContent = TROUBLE[error.name] ?? "The passkey could not be used. Try again.";
    trouble.hidden = false;
    button.disabled = false;
  }
}

for (const button of document.querySelectorAll("button[data-passkey]")) {
  button.addEventListener("click", () => ask(button));
  if ("atOnce" in button.form.dataset) ask(button);
}
