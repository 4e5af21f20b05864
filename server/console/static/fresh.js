// Shows a page anew when something changed, unless its reader is in the middle of something. Without it, a page
// stays as it was when it was loaded.
"use strict";

const main = document.getElementById("main");
const written = (each) => each.type !== "hidden" && each.value !== each.defaultValue;
const busy = () =>
  (main.contains(document.activeElement) && document.activeElement.matches("input, textarea, button")) ||
  [...main.querySelectorAll("input, textarea")].some(written);
// Milliseconds from one showing to the next: a page may ask the vendor for what it shows.
const REST = 5000;
let known = "", shown = 0, next;

async function show() {
  shown = Date.now();
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (busy()) return;
  if (answer.status === 401) location.reload();
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
  if (fresh && fresh.innerHTML !== main.innerHTML) main.replaceChildren(...fresh.childNodes);
}

if (main.dataset.fresh !== undefined) {
  const events = new EventSource("/events");
  events.addEventListener("changed", (event) => {
    if (known && event.data !== known) {
      clearTimeout(next);
      next = setTimeout(show, shown + REST - Date.now());
    }
    known = event.data;
  });
  events.addEventListener("over", () => { events.close(); show(); });
  addEventListener("pagehide", () => events.close());
}
// Come back to, a page that was kept as it stood would offer what is over.
addEventListener("pageshow", (event) => {
  if (event.persisted && (main.dataset.fresh !== undefined || main.dataset.decides !== undefined)) location.reload();
});
