/* decide.js: the decision panel shows the fields of the chosen outcome and names it on its button.
   Without script all fields show; the server reads only those that belong to the outcome. */
(() => {
  const show = () => {
    const choice = document.querySelector("[name=outcome]:checked"), sign = document.querySelector("[data-sign]");
    if (sign && choice?.dataset.sign) sign.textContent = choice.dataset.sign;
    document.querySelectorAll("[data-outcome]").forEach(part => { part.hidden = !choice || !part.dataset.outcome.split(" ").includes(choice.value); });
  };
  document.addEventListener("change", e => { if (e.target.name === "outcome") show(); });
  document.addEventListener("htmx:load", show);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", show); else show();
})();
