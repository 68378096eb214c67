// The e-mail that a person may leave while nobody is there (H7).

import { $ } from "./dom.js";
import { t } from "./i18n.js";

export const listenForEmail = (api, store, onLeft) => {
  $("email").addEventListener("submit", async (event) => {
    event.preventDefault();
    const error = $("email-error");
    error.hidden = true;
    try {
      store.set("email", (await api.email($("email-field").value.trim())).email);
      onLeft();
    } catch (problem) {
      error.textContent = t.slugs[problem.slug === "invalid" ? "email" : problem.slug] || problem.message || t.trouble;
      error.hidden = false;
      $("email-field").focus();
    }
  });
};
