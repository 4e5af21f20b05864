"use strict";
// A file that is dropped on the form is sent as if it had been chosen in it.
const form = document.getElementById("drop");
const over = (event) => {
  event.preventDefault();
  form.classList.toggle("over", event.type === "dragover");
};
form.addEventListener("dragover", over);
form.addEventListener("dragleave", over);
form.addEventListener("drop", (event) => {
  over(event);
  if (event.dataTransfer.files.length !== 1) return;
  form.elements.file.files = event.dataTransfer.files;
  form.requestSubmit();
});
