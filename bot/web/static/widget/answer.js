// One reply on the screen: as it streams in, or whole from the history. A referral looks like nothing else.

import { add, button, el, icon, telephone } from "./dom.js";
import { feedback } from "./feedback.js";
import { Text } from "./paint.js";
import { sentenceOf } from "./reply.js";
import { Sources } from "./sources.js";

/** A reply. `desk` is `{api, words, langs, choose(text), rate(replyId, verdict, n)}`. */
export class Answer {
  #desk;
  #sources;
  #text;
  #card = null;
  #heard = "";
  #sentences = [];

  constructor(desk) {
    this.#desk = desk;
    this.#sources = new Sources(desk.api, desk.words, desk.langs);
    this.#text = this.#fresh();
    this.node = el("div", { class: "theirs" });
    this.#desk.words.text(this.node.appendChild(el("p", { class: "waiting" })), "waiting");
  }

  /** The visitor's warning signs are known before the text: the card stands at once. */
  triage({ level }) {
    if (level !== "none") {
      this.#refer(level);
    }
  }

  /** One more piece of the text. */
  sentence(event) {
    this.#begin();
    this.#sources.know(event.citations);
    this.#heard += event.text;
    if (event.citations.length > 0) {
      add(this.#sentences, sentenceOf(event));
    }
    this.#text.show(this.#heard, this.#sentences);
  }

  /** The connection broke and is being restored. */
  lost() {
    this.#status("reconnecting");
  }

  /** The whole reply. `rated` is what the visitor has said of it before. */
  done(reply, replyId, rated) {
    this.#begin();
    this.#sources.know(reply.citations);
    this.node.lang = reply.lang;
    if (reply.kind === "referral") {
      this.#refer(reply.triage.level === "none" ? "doctor" : reply.triage.level);
      this.#card.prepend(...this.#calls(reply.contact, this.#card.firstElementChild));
    } else if (this.#card !== null) {
      this.#plain();
    }
    if (reply.text === this.#heard || this.#heard === "") {
      this.#text.show(reply.text, reply.sentences);
    } else {
      this.#again(reply);
    }
    if (reply.kind !== "referral") {
      this.node.append(...this.#calls(reply.contact));
    }
    this.node.append(this.#sources.node, this.#after(reply, replyId, rated));
  }

  /** What was shown is not kept: the reply did not come to its end. */
  drop() {
    this.node.remove();
  }

  #fresh() {
    return new Text((n) => this.#sources.cite(n), (n) => this.#sources.langOf(n));
  }

  #status(key) {
    this.#begin(false);
    this.#desk.words.text(this.node.appendChild(el("p", { class: "waiting" })), key);
  }

  #begin(draw = true) {
    this.node.querySelector(".waiting")?.remove();
    if (draw && !this.#text.node.isConnected) {
      (this.#card ?? this.node).append(this.#text.node);
    }
  }

  #refer(level) {
    if (this.#card !== null) {
      return;
    }
    const title = this.#desk.words.text(el("span"), `level_${level}`);
    const head = el("h3", { class: "level" }, icon(level), title);
    const loud = level !== "doctor";
    this.#card = el("div", { class: `referral ${level}`, role: loud ? "alert" : "group" }, head);
    this.#desk.words.attribute(this.#card, "aria-label", `level_${level}`);
    this.node.prepend(this.#card);
    if (this.#text.node.isConnected) {
      this.#card.append(this.#text.node);
    }
  }

  #plain() {
    this.#card.replaceWith(this.#text.node);
    this.#card = null;
  }

  #again(reply) {
    const old = this.#text.node;
    this.#text = this.#fresh();
    old.replaceWith(this.#text.node);
    this.#text.show(reply.text, reply.sentences);
  }

  /** The numbers to call, behind what is given to come first. */
  #calls(contacts, ...before) {
    if (contacts.length === 0) {
      return before;
    }
    const list = el("ul", { class: "calls" });
    for (const { label, number } of contacts) {
      const whom = el("span", { class: "whom" }, label);
      const call = el("a", { class: "call", href: telephone(number) }, icon("phone"), el("b", {}, number), whom);
      this.#desk.words.attribute(call, "aria-label", "call", { number, label });
      list.append(el("li", {}, call));
    }
    return add(before, list);
  }

  #after(reply, replyId, rated) {
    const { words } = this.#desk;
    const after = el("div", { class: "after", "aria-live": "off", lang: words.lang });
    after.append(this.#sources.line() ?? "");
    if (replyId && reply.kind !== "smalltalk" && reply.kind !== "handoff") {
      const rate = (verdict, n) => this.#desk.rate(replyId, verdict, n);
      after.append(feedback(words, reply.citations, rate, rated));
    }
    if (reply.follow_ups.length > 0) {
      after.append(chips(reply.follow_ups, "follow_ups", this.#desk, reply.lang));
    }
    return after;
  }
}

/** Questions to tap. */
export function chips(questions, key, { words, choose }, lang = null) {
  const list = el("ul", { class: "chips", lang });
  words.attribute(list, "aria-label", key);
  for (const question of questions) {
    list.append(el("li", {}, button("chip", () => choose(question), question)));
  }
  return list;
}
