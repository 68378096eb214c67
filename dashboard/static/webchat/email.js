// The e-mail that a person may leave while nobody is there (H7); a mistyped one can be changed.

import { $ } from "./dom.js";
import { t } from "./i18n.js";

export const listenForEmail = (api, getQueue, onChange) => {
  const form = $("email");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const error = $("email-error");
    error.hidden = true;
    try {
      const { email } = await api.email($("email-field").value.trim());
      if (getQueue()) getQueue().email = email;
      $("email-field").value = "";
      delete form.dataset.again;
      onChange();
      $("text").focus();
    } catch (problem) {
      error.textContent = t.slugs[problem.slug === "invalid" ? "email" : problem.slug] || problem.message || t.trouble;
      error.hidden = false;
      $("email-field").focus();
    }
  });
  $("email-change").addEventListener("click", () => {
    form.dataset.again = "true";
    $("email-field").value = getQueue()?.email || "";
    onChange();
    $("email-field").focus();
  });
};
