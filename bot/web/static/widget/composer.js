// The field for the question. Enter sends, Shift and Enter begin a line, a word being composed is left alone.

import { el, icon } from "./dom.js";

export const LONGEST = 4000; // characters; the server reads no more of a message
const NEARLY = 3500;

/** The field, its button and what it has to say about the text. `send(text)` gives whether the text was taken. */
export class Composer {
  #words;
  #send;
  #area = el("textarea", { id: "question", rows: "1", enterkeyhint: "send", autocomplete: "off" });
  #hint = el("p", { class: "hint", id: "hint", role: "alert" });
  #count = el("p", { class: "count", "aria-hidden": "true", hidden: true });

  constructor(words, send) {
    this.#words = words;
    this.#send = send;
    const label = words.text(el("label", { for: "question", class: "unseen" }), "question");
    const press = el("button", { type: "submit", class: "send" }, icon("send"));
    words.attribute(press, "aria-label", "send");
    words.attribute(press, "title", "send");
    words.attribute(this.#area, "placeholder", "placeholder");
    this.#area.setAttribute("aria-describedby", "hint");
    const entry = el("div", { class: "entry" }, label, this.#area, press);
    this.node = el("form", { class: "composer", novalidate: true, submit: (event) => this.#submit(event) });
    this.node.append(this.#hint, entry, this.#count);
    this.#area.addEventListener("keydown", (event) => this.#key(event));
    this.#area.addEventListener("input", () => this.#typed());
  }

  /** Put the cursor into the field. */
  focus() {
    this.#area.focus();
  }

  /** Say something about sending, with a key of the words; nothing without one. */
  hint(key, values) {
    this.#hint.textContent = "";
    if (key) {
      this.#words.text(this.#hint, key, values);
    }
    this.#area.setAttribute("aria-invalid", String(key === "empty" || key === "too_long"));
  }

  #key(event) {
    // While a word is being composed Enter chooses it; older browsers say so with the code 229.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
      event.preventDefault();
      this.#submit(event);
    }
  }

  #submit(event) {
    event.preventDefault();
    const text = this.#area.value.trim();
    const length = lengthOf(text);
    if (length === 0 || length > LONGEST) {
      this.hint(length === 0 ? "empty" : "too_long", { limit: LONGEST, over: length - LONGEST });
      this.focus();
    } else if (this.#send(text)) {
      this.#area.value = "";
      this.#typed();
    }
  }

  #typed() {
    const length = lengthOf(this.#area.value.trim());
    this.hint(null);
    this.#count.hidden = length < NEARLY;
    this.#count.textContent = `${length} / ${LONGEST}`;
    this.#count.className = length > LONGEST ? "count over" : "count";
    this.#area.style.height = "auto";
    this.#area.style.height = `${this.#area.scrollHeight + 2}px`;
  }
}

/** How many characters a text has as the server counts them: an emoji is one. */
function lengthOf(text) {
  let length = 0;
  for (const _character of text) {
    length += 1;
  }
  return length;
}
