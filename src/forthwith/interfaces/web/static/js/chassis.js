/* chassis.js: what every page has: the scheme button, print, one submission a form, "/" for the search.
   Listeners sit on the document, so that parts swapped in later need no second set-up. */
(() => {
  const root = document.documentElement;
  const isDark = () => (root.dataset.scheme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  const showScheme = () => document.querySelectorAll("[data-scheme-toggle]").forEach(b => b.setAttribute("aria-pressed", String(isDark())));

  const toggleScheme = () => {
    root.dataset.scheme = isDark() ? "light" : "dark";
    try { localStorage.setItem("forthwith-scheme", root.dataset.scheme); } catch (e) { /* this page only, then */ }
    showScheme();
  };

  document.addEventListener("click", e => {
    if (e.target.closest("[data-scheme-toggle]")) toggleScheme();
    if (e.target.closest("[data-print]")) print();
  });

  /* A form marked data-once is sent once: the second press of an impatient hand does nothing. The server
     is safe without this (the form carries its own key); it only spares a needless round. */
  document.addEventListener("submit", e => {
    const form = e.target;
    if (!form.matches("[data-once]") || e.defaultPrevented) return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "yes";
    const button = e.submitter;
    if (button) { button.setAttribute("aria-disabled", "true"); if (button.dataset.sending) button.textContent = button.dataset.sending; }
  });
  addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(f => { delete f.dataset.sent; }));

  /* "/" goes to the search unless the person is writing or has switched single keys off (WCAG 2.1.4). */
  addEventListener("keydown", e => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, textarea, select, dialog")) return;
    if (root.dataset.keys === "off") return;
    const search = document.getElementById("q");
    if (search) { e.preventDefault(); search.focus(); }
  });

  const start = () => {
    showScheme();
    /* What the person has to read first: the errors of a form, or what a search found. */
    const first = document.querySelector(".error-summary, [data-focus]");
    if (first) first.focus();
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
