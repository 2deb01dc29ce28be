/* combobox.js: keys and choosing in a list of suggestions that the server fills (hx-get on the input).
   Without script the same input is a plain search with its own button. Keys follow the ARIA practices guide. */
(() => {
  const box = el => el?.closest?.("[data-combobox]");
  const input = b => b.querySelector("[role=combobox]"), list = b => b.querySelector("[role=listbox]");
  const status = b => b.querySelector("[role=status]"), options = b => [...list(b).querySelectorAll("[role=option]")];
  const chosenAt = b => options(b).findIndex(o => o.getAttribute("aria-selected") === "true");

  const mark = (b, i) => {
    options(b).forEach((o, k) => o.setAttribute("aria-selected", String(k === i)));
    const o = options(b)[i];
    if (o) { input(b).setAttribute("aria-activedescendant", o.id); o.scrollIntoView({ block: "nearest" }); }
    else input(b).removeAttribute("aria-activedescendant");
  };
  const show = (b, on) => { list(b).hidden = !on; input(b).setAttribute("aria-expanded", String(on)); mark(b, -1); };

  /* Choosing writes the value and, where the form says so, presses the button that adds it. */
  const pick = (b, i) => {
    const o = options(b)[i];
    if (!o) return;
    input(b).value = o.dataset.value;
    status(b).textContent = `${o.dataset.value} chosen.`;
    show(b, false);
    const press = b.dataset.combobox && document.getElementById(b.dataset.combobox);
    if (press) press.click();
  };

  document.addEventListener("htmx:afterSwap", e => {
    const b = box(e.target);
    if (!b || document.activeElement !== input(b)) return;
    const n = options(b).length;
    show(b, n > 0);
    status(b).textContent = n ? `${n} found. Use the arrow keys.` : "Nothing matches.";
  });
  document.addEventListener("mousedown", e => {
    const o = e.target.closest("[data-combobox] [role=option]");
    if (o) { e.preventDefault(); const b = box(o); pick(b, options(b).indexOf(o)); }
  });
  document.addEventListener("keydown", e => {
    const b = box(e.target);
    if (!b || e.target !== input(b)) return;
    const n = options(b).length, at = chosenAt(b);
    if (e.key === "ArrowDown" && n) { e.preventDefault(); if (list(b).hidden) show(b, true); mark(b, (at + 1) % n); }
    else if (e.key === "ArrowUp" && n) { e.preventDefault(); mark(b, (at - 1 + n) % n); }
    else if (e.key === "Enter" && at > -1 && !list(b).hidden) { e.preventDefault(); pick(b, at); }
    else if (e.key === "Escape") { if (list(b).hidden) input(b).value = ""; show(b, false); }
  });
  document.addEventListener("focusout", e => { const b = box(e.target); if (b) show(b, false); });
})();
