// The rating form: five stars with words, and a comment if the AI agent asks for one (C3).

import { h, icon } from "./dom.js";
import { t } from "./i18n.js";

export const ratingForm = (rate, question) => {
  const word = h("span", { class: "rating-word", "aria-hidden": "true" });
  const error = h("p", { class: "field-error", role: "alert", hidden: true });
  const comment = h("textarea", { class: "field", rows: 2, maxlength: 2000 });
  const field = question && h("label", { class: "rating-comment" }, h("span", {}, `${question} ${t.optional}`), comment);
  const button = h("button", { class: "btn", type: "submit", disabled: true }, t.rate);
  const more = h("div", { class: "rating-more", hidden: true }, field, button);
  const stars = [1, 2, 3, 4, 5].map((n) => star(n, choose));
  const form = h(
    "form",
    { class: "card rating", onsubmit: submit },
    h("fieldset", {}, h("legend", {}, t.ratingLegend), h("div", { class: "stars" }, ...stars)),
    word,
    more,
    error,
  );

  function choose(n) {
    word.textContent = t.ratingWords[n - 1];
    form.dataset.stars = n;
    stars.forEach((each, index) => each.classList.toggle("is-lit", index < n));
    more.hidden = false;
    button.disabled = false;
  }

  async function submit(event) {
    event.preventDefault();
    button.disabled = true;
    error.hidden = true;
    try {
      await rate(Number(form.dataset.stars), comment.value.trim() || null);
    } catch (problem) {
      error.textContent = problem.message || t.trouble;
      error.hidden = false;
      button.disabled = false;
    }
  }

  return form;
};

const star = (n, choose) => {
  const label = `${t.stars(n)}: ${t.ratingWords[n - 1]}`;
  const input = h("input", { type: "radio", name: "stars", value: n, class: "sr", onchange: () => choose(n) });
  input.setAttribute("aria-label", label);
  return h("label", { class: "star", title: t.ratingWords[n - 1] }, input, icon("star"));
};
