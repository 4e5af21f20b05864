// A form is sent once, however often its button is pressed; and what has to be typed can be typed at once. Without
// it, the server takes the first of two equal answers, and says so of the second.
"use strict";

const waiting = new WeakSet();
// Milliseconds until it can be sent anew: whoever stopped the browser's waiting is not left without a button.
const LONGEST_WAIT = 20_000;
const release = (form) => {
  waiting.delete(form);
  form.removeAttribute("aria-busy");
};
addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (waiting.has(event.target)) {
    event.preventDefault();
    return;
  }
  waiting.add(event.target);
  event.target.setAttribute("aria-busy", "true");
  setTimeout(release, LONGEST_WAIT, event.target);
});
// Back from where it led to: it can be sent anew.
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) release(form);
});
// A field is no button: whoever presses keys without having looked types nothing that counts. The page stays where
// it begins, so that what is decided on is seen first.
document.getElementById("proof")?.focus({ preventScroll: true });
