/* session.js: the warning before a session ends. The server is the judge: it counts requests; here the
   person's own activity is passed on, and five minutes before the end the dialog opens. The page title
   counts too, since the person may be on another tab. Without script the session simply ends in time. */
(() => {
  const dialog = document.getElementById("session-dialog");
  if (!dialog) return;
  const limit = Number(document.body.dataset.sessionMinutes) * 6e4;
  const warn = Number(document.body.dataset.sessionWarn) * 6e4;
  const form = dialog.querySelector("[data-session-keep]");
  const title = document.title;
  const KEEP_EVERY = 2 * 6e4;
  let seen = Date.now(), told = Date.now(), ticking = null;

  const left = () => Math.max(0, seen + limit - Date.now());
  const leave = () => location.assign(document.body.dataset.sessionOver);

  const keep = async () => {
    told = Date.now();
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { "X-Requested-With": "fetch" } });
      if (answer.status === 401 || answer.status === 403) leave();
    } catch (e) { /* offline: the next activity asks again */ told = 0; }
  };

  const tick = () => {
    const seconds = Math.round(left() / 1e3);
    const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    dialog.querySelector("[data-session-left]").textContent = text;
    document.title = `${text} left – ${title}`;
    if (seconds && seconds % 60 === 0) dialog.querySelector("[data-session-live]").textContent = `${seconds / 60} minute${seconds > 60 ? "s" : ""} left`;
    if (!seconds) leave();
  };
  const show = () => { dialog.showModal(); clearInterval(ticking); tick(); ticking = setInterval(tick, 1000); };
  const stay = () => { seen = Date.now(); clearInterval(ticking); document.title = title; if (dialog.open) dialog.close(); keep(); };

  form.addEventListener("submit", e => { e.preventDefault(); stay(); });
  dialog.addEventListener("cancel", e => { e.preventDefault(); stay(); });
  setInterval(() => { if (!dialog.open && left() <= warn) show(); }, 5000);
  ["pointerdown", "keydown"].forEach(kind => addEventListener(kind, () => {
    if (dialog.open) return;
    seen = Date.now();
    if (seen - told > KEEP_EVERY) keep();
  }, { passive: true }));
})();
