// Planning a time: only the fields are shown that its kind and its place need; without scripts all are.
function show() {
  const form = document.querySelector("#add form");
  if (!form) return;
  const wanted = new Set([form.elements.kind.value, form.elements.scope.value]);
  for (const part of form.querySelectorAll("[data-for]")) part.hidden = !part.dataset.for.split(" ").some((one) => wanted.has(one));
}
document.addEventListener("change", show);
document.addEventListener("exchanged", show);
show();
