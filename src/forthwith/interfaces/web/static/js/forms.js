/* forms.js: small conveniences in forms. Each has a server twin, so that nothing depends on them.
   data-shown-by="name=value[ value]"  shown while that choice is made (the server shows it always)
   data-autosave                       the form saves itself as a draft while one writes
   data-count                          characters left in a textarea with maxlength */
(() => {
  const chosen = name => [...document.querySelectorAll(`[name="${CSS.escape(name)}"]:checked`)].map(c => c.value);
  const showParts = () => document.querySelectorAll("[data-shown-by]").forEach(part => {
    const [name, values] = part.dataset.shownBy.split("=");
    part.hidden = !chosen(name).some(v => values.split(" ").includes(v));
  });

  const count = field => {
    const at = document.getElementById(field.dataset.count);
    if (at) at.textContent = `${field.maxLength - field.value.length} characters left`;
  };

  /* Signed out while writing (in another window, or by the server): what is written stays on this page. After
     signing in again elsewhere the page takes up the new form token and goes on where it was. */
  let signedOut = false;
  const outNotice = () => document.getElementById("signed-out");
  const setOut = on => { signedOut = on; const notice = outNotice(); if (notice) notice.hidden = !on; };
  const renew = async () => {
    try {
      const answer = await fetch(location.href, { headers: { "Forthwith-Passive": "1" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const token = page.querySelector("form[data-autosave] [name=csrfmiddlewaretoken]")?.value;
      if (!answer.ok || !token) return false;
      document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach(field => { field.value = token; });
      setOut(false);
      return true;
    } catch (e) { return false; }
  };

  const savers = new WeakMap();
  const post = form => {
    const body = new FormData(form);
    body.set("act", "autosave");
    return fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  };
  const save = async form => {
    const note = document.getElementById("draft-saved"), version = form.querySelector("[name=version]");
    const say = text => { if (note) note.textContent = text; };
    try {
      let answer = await post(form);
      if ([401, 403].includes(answer.status) && await renew()) answer = await post(form);
      if ([401, 403].includes(answer.status)) { setOut(true); say("Not saved: you have been signed out."); return; }
      const said = await answer.json();
      say(said.says);
      if (said.version && version) version.value = said.version;
      if (said.stale) form.removeAttribute("data-autosave");
    } catch (e) { say("Not saved yet. We will try again when you next write."); }
  };
  /* One save at a time: two in flight would quarrel about the version. */
  const saveSoon = form => {
    const state = savers.get(form) || { timer: null, running: false, again: false };
    savers.set(form, state);
    clearTimeout(state.timer);
    state.timer = setTimeout(async () => {
      if (state.running) { state.again = true; return; }
      state.running = true; state.saved = save(form); await state.saved; state.running = false;
      if (state.again) { state.again = false; saveSoon(form); }
    }, 1500);
  };

  /* A part that is swapped in must not take away what is being typed at that moment. */
  let writing = null;
  document.addEventListener("htmx:beforeSwap", () => {
    const at = document.activeElement;
    writing = at?.id && at.matches("input:not([type=radio]):not([type=checkbox]), textarea") ? { id: at.id, value: at.value } : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    const field = writing && document.getElementById(writing.id);
    if (field && field.value !== writing.value) field.value = writing.value;
  });

  document.addEventListener("change", showParts);
  document.addEventListener("input", e => {
    if (e.target.dataset.count) count(e.target);
    const form = e.target.form;
    if (form?.hasAttribute("data-autosave") && e.target.name) saveSoon(form);
  });
  /* A button waits for a save that is on its way (it would else be told that its own draft had changed), and for
     signing in again. */
  document.addEventListener("submit", async e => {
    const form = e.target, pressed = e.submitter, state = savers.get(form);
    if (state) { clearTimeout(state.timer); state.again = false; }
    if (!form.hasAttribute("data-autosave") || !(state?.running || signedOut)) return;
    e.preventDefault();
    if (state?.running) { await state.saved; state.running = false; }
    if (signedOut && !await renew()) { outNotice()?.querySelector("a")?.focus(); return; }
    form.requestSubmit(pressed);
  });
  document.addEventListener("htmx:responseError", e => {
    if (e.detail.xhr.status === 401 && document.querySelector("form[data-autosave]")) setOut(true);
  });
  addEventListener("focus", async () => {
    if (signedOut && await renew()) document.querySelectorAll("form[data-autosave]").forEach(saveSoon);
  });
  const start = () => { showParts(); document.querySelectorAll("[data-count]").forEach(count); };
  document.addEventListener("htmx:load", start);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start); else start();
})();
