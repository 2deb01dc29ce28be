/* live.js: an open page changes by itself. The server sends one line when an authorization on the page has
   changed; the page then fetches its own main part again and says so to a screen reader. Nothing is
   lost: while the person is writing, the change waits behind a notice. */
(() => {
  const main = () => document.getElementById("main");
  const watched = () => main()?.dataset.live ?? "";
  const stamp = () => main()?.querySelector("[data-live-stamp]");
  const address = () => main()?.dataset.liveFrom || location.pathname + location.search;
  let source = null, listening = "", waiting = false, failures = 0, busy = false, again = false, held = false, heardAt = 0;
  const SILENT = 45e3;  // three times what the server lets pass between two signs of life

  /* A person is writing when a control has the focus, when one holds what the server did not put there, or when the
     page came back with something to mend: what stands in it then is theirs and nowhere else. */
  const chosen = select => Math.max(0, [...select.options].findIndex(option => option.defaultSelected));
  const changed = field => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return field.selectedIndex !== chosen(field) && !field.multiple;
    return field.type !== "search" && field.value !== field.defaultValue;
  };
  const writing = () => {
    const at = document.activeElement;
    if (at && main()?.contains(at) && at.matches("input:not([type=search]), textarea, select")) return true;
    if (main()?.querySelector(".error-summary")) return true;
    return [...(main()?.querySelectorAll("input:not([type=hidden]), textarea, select") ?? [])].some(changed);
  };

  const say = text => { const live = document.getElementById("live-says"); if (live) live.textContent = text; };

  const wait = () => {
    waiting = true;
    const notice = document.getElementById("live-waits");
    if (notice) { notice.hidden = false; notice.querySelector("a").href = address(); }
    say("This page has changed since you opened it. Go on writing: nothing that you wrote is lost.");
  };

  /* Who began to write while the page was being fetched keeps what they wrote. */
  document.addEventListener("htmx:beforeSwap", e => {
    if (e.detail.requestConfig?.headers["Forthwith-Passive"] && e.detail.target === main() && writing()) {
      e.detail.shouldSwap = false;
      held = true;
    }
  });

  const refresh = async () => {
    if (writing()) { wait(); return; }
    waiting = false;
    if (busy) { again = true; return; }  // what changes while the page is being fetched must not be missed
    busy = true;
    const before = main(), focused = document.activeElement?.id, open = [...(before?.querySelectorAll("details[open][id]") ?? [])].map(d => d.id);
    try {
      await htmx.ajax("GET", address(), { target: "#main", select: "#main", swap: "outerHTML", headers: { "Forthwith-Passive": "1" } });
    } catch (e) { /* offline, or the server is away: told below by the part that is still the old one */ }
    busy = false;
    if (held) { held = again = false; wait(); return; }
    if (again) { again = false; refresh(); return; }
    if (main() === before) { setTimeout(refresh, 3000); return; }
    const notice = document.getElementById("live-waits");
    if (notice) notice.hidden = true;
    open.forEach(id => document.getElementById(id)?.setAttribute("open", ""));
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    say(stamp()?.dataset.liveStamp || "This page has been brought up to date.");
    if (watched() !== listening) { source?.close(); source = null; listen(); }  // a list shows other requests now
  };

  const listen = () => {
    const of = watched();
    if (!of || source) return;
    listening = of;
    heardAt = Date.now();
    source = new EventSource(`/live?${of.split(" ").map(key => `authorization=${encodeURIComponent(key)}`).join("&")}`);
    ["open", "changed", "still"].forEach(kind => source.addEventListener(kind, () => { heardAt = Date.now(); }));
    source.addEventListener("open", () => { if (failures) refresh(); failures = 0; });
    source.addEventListener("changed", refresh);
    source.addEventListener("error", () => {
      failures += 1;
      if (source.readyState === EventSource.CLOSED) { source = null; setTimeout(listen, Math.min(30000, 1000 * 2 ** failures)); }
    });
  };

  /* A line can die without a word (sleep, a lost network): then it is laid anew, and the page looks once. */
  const renew = () => {
    if (!watched()) return;
    source?.close();
    source = null;
    failures = 1;
    listen();
  };
  const silentFor = limit => source && Date.now() - heardAt > limit;
  setInterval(() => { if (silentFor(SILENT)) renew(); }, 5000);
  addEventListener("online", renew);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible" && silentFor(SILENT / 2)) renew(); });

  addEventListener("focusout", () => { if (waiting) setTimeout(() => { if (waiting && !writing()) refresh(); }, 300); });
  addEventListener("pagehide", () => { source?.close(); source = null; });
  addEventListener("pageshow", listen);
})();
