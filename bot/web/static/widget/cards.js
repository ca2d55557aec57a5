// What stands in the log besides questions and replies: the notice, the question for consent, ways to a person, errors.

import { button, el, icon, outside, telephone } from "./dom.js";

/** What a visitor must know before the first question. */
export function notice(words) {
  const machine = words.text(el("p", {}), "notice_machine");
  const data = words.text(el("p", { class: "quiet" }), "notice_data");
  const text = el("div", { class: "notice", id: "notice" }, machine, data);
  return el("div", { class: "welcome" }, words.text(el("p", { class: "hello" }), "hello"), text);
}

/** The question whether to keep the conversation. `choose(yes)` may throw; the card then says so and stays. */
export function consent(words, days, choose) {
  const trouble = el("p", { class: "trouble-line", role: "alert" });
  const press = async (yes) => {
    try {
      trouble.textContent = "";
      await choose(yes);
    } catch {
      words.text(trouble, "keep_failed");
    }
  };
  const keep = words.text(button("choice", () => press(true)), "keep");
  const leave = words.text(button("choice", () => press(false)), "leave");
  const title = words.text(el("h3", {}), "consent");
  const text = words.text(el("p", {}), "consent_text", { days });
  return el("div", { class: "card consent" }, title, text, el("div", { class: "choices" }, keep, leave), trouble);
}

/** A quiet line about the conversation. */
export function line(words, key, values) {
  return words.text(el("p", { class: "status" }), key, values);
}

/** How a person can be reached; an honest sentence when the operator has named no way. */
export function people(words, contact, server) {
  const head = el("h3", {}, icon("person"), words.text(el("span"), "person"));
  if (!contact || !(contact.phone || contact.email || contact.url)) {
    return el("div", { class: "card people", tabindex: "-1" }, head, words.text(el("p", {}), "no_person"));
  }
  const ways = el("ul", { class: "calls" });
  const add = (link) => link && ways.append(el("li", {}, link));
  const way = (href, sign, text) => el("a", { class: "call", href }, icon(sign), el("b", {}, text));
  add(contact.phone && way(telephone(contact.phone), "phone", contact.phone));
  add(contact.email && way(`mailto:${encodeURIComponent(contact.email).replace("%40", "@")}`, "mail", contact.email));
  add(outside(contact.url, server, "call", icon("web"), words.text(el("b"), "contact_page")));
  const text = words.text(el("p", {}), "person_text");
  return el("div", { class: "card people", tabindex: "-1" }, head, text, ways);
}

/** Something went wrong; `again` tries once more. Whoever is in an emergency is told not to wait for that. */
export function trouble(words, key, values, again) {
  const node = el("div", { class: "card trouble", role: "alert" }, words.text(el("p", {}), key, values));
  node.append(words.text(el("a", { class: "help", href: "tel:112" }), "call_help"));
  if (again) {
    node.append(words.text(button("choice", again), "again"));
  }
  return node;
}

/** The question whether to delete everything. `erase()` may throw; the card then says so and stays. */
export function confirmation(words, erase, back) {
  const failed = el("p", { class: "trouble-line", role: "alert" });
  const press = async () => {
    try {
      await erase();
    } catch {
      words.text(failed, "erase_failed");
    }
  };
  const stay = words.text(button("choice", back), "erase_no");
  const go = words.text(button("choice danger", press), "erase_yes");
  const text = words.text(el("p", {}), "erase_text");
  const node = el("div", { class: "card", role: "group", tabindex: "-1" }, words.text(el("h3", {}), "erase_title"), text);
  node.append(el("div", { class: "choices" }, go, stay), failed);
  words.attribute(node, "aria-label", "erase_title");
  return node;
}
