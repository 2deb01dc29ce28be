/* scheme.js: runs before the first paint, so that a saved scheme never flashes. */
try {
  const saved = localStorage.getItem("forthwith-scheme");
  if (saved === "light" || saved === "dark") document.documentElement.dataset.scheme = saved;
} catch (e) { /* storage may be switched off: the system's scheme holds */ }
