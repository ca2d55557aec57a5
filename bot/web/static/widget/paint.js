// Draws a reply's text and goes on drawing while more of it arrives. What stands is never drawn again: a screen reader
// would read it twice.

import { el, joined } from "./dom.js";
import { blocks } from "./reply.js";

function keyOf({ text, cites }) {
  return cites === null ? text : `[${joined(cites, ",")}] ${text}`;
}

/** The text of one reply. `cite(n)` gives the button for a citation, `langOf(n)` the language of its document. */
export class Text {
  #cite;
  #langOf;
  #keys = new WeakMap();

  constructor(cite, langOf) {
    this.node = el("div", { class: "text" });
    this.#cite = cite;
    this.#langOf = langOf;
  }

  /** Show this text; `sentences` are those known so far, as `{text, citations}`. */
  show(text, sentences) {
    const found = blocks(text, sentences);
    const tag = (block) => (block.list ? "ul" : "p");
    this.#match(this.node, found, tag, (block) => el(tag(block)));
    let at = 0;
    for (const block of found) {
      this.#lines(this.node.children[at], block);
      at += 1;
    }
  }

  #lines(parent, { list, lines }) {
    const line = () => (list ? el("li") : el("span", { class: "line" }));
    this.#match(parent, lines, () => "line", line);
    let at = 0;
    for (const pieces of lines) {
      this.#match(parent.children[at], pieces, keyOf, (piece) => this.#piece(piece));
      at += 1;
    }
  }

  /** Keep the children that are as wanted, replace everything from the first that is not. */
  #match(parent, wanted, name, create) {
    let at = 0;
    const standing = parent.children.length;
    while (at < wanted.length && at < standing && this.#keys.get(parent.children[at]) === name(wanted[at])) {
      at += 1;
    }
    while (parent.children.length > at) {
      parent.lastElementChild.remove();
    }
    for (; at < wanted.length; at += 1) {
      const node = create(wanted[at]);
      this.#keys.set(node, name(wanted[at]));
      parent.append(node);
    }
  }

  #piece({ text, cites }) {
    if (cites === null) {
      return el("span", { class: "frame" }, text);
    }
    const quoted = el("span", { class: "quoted" }, el("q", { lang: this.#langOf(cites[0]) }, text));
    for (const n of cites) {
      quoted.append(this.#cite(n));
    }
    return quoted;
  }
}
