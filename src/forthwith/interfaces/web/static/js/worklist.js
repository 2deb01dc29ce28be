/* worklist.js: J and K move, Enter opens, A takes. Can be switched off and stays off (WCAG 2.1.4). */
(() => {
  const root = document.documentElement;
  const grid = () => document.querySelector("[data-keys]");
  try { if (localStorage.getItem("forthwith-keys") === "off") root.dataset.keys = "off"; } catch (e) { /* on, then */ }
  const on = () => root.dataset.keys !== "off";
  const show = () => document.querySelectorAll("[data-keys-switch]").forEach(b => b.setAttribute("aria-pressed", String(on())));

  document.addEventListener("click", e => {
    if (!e.target.closest("[data-keys-switch]")) return;
    root.dataset.keys = on() ? "off" : "on";
    try { localStorage.setItem("forthwith-keys", root.dataset.keys); } catch (e2) { /* this page only */ }
    show();
  });
  addEventListener("keydown", e => {
    if (!on() || !grid() || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, textarea, select, dialog")) return;
    const rows = [...grid().querySelectorAll("tbody tr")], at = rows.findIndex(r => r.hasAttribute("data-current"));
    if (e.key === "a" && at > -1) rows[at].querySelector(".worklist__take")?.click();
    if (e.key !== "j" && e.key !== "k") return;
    const next = Math.max(0, Math.min(rows.length - 1, at + (e.key === "j" ? 1 : -1)));
    rows[at]?.removeAttribute("data-current");
    rows[next]?.setAttribute("data-current", "");
    rows[next]?.querySelector("a")?.focus();
  });
  show();
  document.addEventListener("htmx:load", show);
})();
