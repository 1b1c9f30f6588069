/* The review queue by keyboard: n to say where one looked, u to record a status, q back to the queue. */
"use strict";

document.addEventListener("keydown", (event) => {
  const typing = event.target.matches("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey;
  if (typing) return;
  if (event.key === "n") {
    event.preventDefault();
    document.querySelector("textarea[name=places]").focus();
  } else {
    document.querySelector(`main [data-key="${CSS.escape(event.key)}"]`)?.click();
  }
});
