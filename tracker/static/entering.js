/* While a title is typed, what is on the record already and like it. The server looks once more when it is saved. */
"use strict";

for (const place of document.querySelectorAll("[data-similar]")) {
  const form = place.closest("form");
  const field = form.elements[place.dataset.of];
  let waiting;
  let asked = "";
  const look = async () => {
    const title = field.value.trim();
    if (title === asked) return;
    asked = title;
    const answer = title && await fetch(`${place.dataset.similar}?title=${encodeURIComponent(title)}`);
    // Only the answer to what stands there now counts.
    if (title !== asked || (answer && !answer.ok)) return;
    const page = new DOMParser().parseFromString(answer ? await answer.text() : "", "text/html");
    if (title !== asked) return;
    place.replaceChildren(...page.body.children);
    form.elements.seen.value = [...place.querySelectorAll("[data-id]")].map((one) => one.dataset.id).join(" ");
  };
  field.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(look, 300);
  });
  // A form that came back with a mistake brings its title with it.
  look();
}
