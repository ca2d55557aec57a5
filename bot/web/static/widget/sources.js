// Citations: small numbered buttons, and the card that shows a quotation where it stands.

import { button, el, icon, joined, outside } from "./dom.js";

/** The citations of one reply. `node` is where an opened card appears. */
export class Sources {
  #api;
  #words;
  #langs;
  #citations = new Map();
  #open = null;

  /** `langs` tells the language of a document by its id. */
  constructor(api, words, langs) {
    this.#api = api;
    this.#words = words;
    this.#langs = langs;
    this.node = el("div", { class: "opened", "aria-live": "off" });
  }

  /** Make these citations known. */
  know(citations) {
    for (const citation of citations) {
      this.#citations.set(citation.n, citation);
    }
  }

  /** The language of the document that is cited, or null when it is not known. */
  langOf(n) {
    const document = this.#citations.get(n)?.document;
    return Object.hasOwn(this.#langs, document) ? this.#langs[document] : null;
  }

  /** The button for a citation; the bare number when nothing is known about it. */
  cite(n) {
    const citation = this.#citations.get(n);
    if (citation === undefined) {
      return el("sup", {}, `[${n}]`);
    }
    const press = button("cite", () => this.#toggle(citation, press), String(n));
    press.setAttribute("aria-expanded", "false");
    this.#words.attribute(press, "aria-label", "citation", { n, title: citation.title });
    return press;
  }

  /** A line that names the publishers, or null when nothing is cited. */
  line() {
    const publishers = new Set();
    for (const citation of this.#citations.values()) {
      publishers.add(citation.publisher);
    }
    return publishers.size === 0
      ? null
      : el("p", { class: "publishers" }, this.#words.text(el("span"), "publishers"), " ", joined([...publishers], " · "));
  }

  #toggle(citation, press) {
    const same = this.#open?.press === press;
    this.#close();
    if (!same) {
      this.#show(citation, press);
    }
  }

  #close() {
    this.#open?.press.setAttribute("aria-expanded", "false");
    this.#open = null;
    this.node.replaceChildren();
  }

  async #show(citation, press) {
    this.#open = { press };
    press.setAttribute("aria-expanded", "true");
    const card = this.#card(citation, press);
    this.node.append(card.node);
    card.node.focus({ preventScroll: true });
    card.node.scrollIntoView({ block: "nearest" });
    const path = `documents/${encodeURIComponent(citation.document)}/context?start=${citation.start}&end=${citation.end}`;
    try {
      const context = await this.#api.json(path);
      card.complete(context);
    } catch {
      card.fail();
    }
    // All of the card where it fits, the quotation in any case.
    for (const node of [card.node, card.node.querySelector("mark")]) {
      node.scrollIntoView({ block: "nearest" });
    }
  }

  #card(citation, press) {
    const words = this.#words;
    const back = () => {
      this.#close();
      press.focus();
    };
    const close = words.attribute(button("plain round", back, icon("close")), "aria-label", "close_source");
    const name = words.text(el("strong"), "source", { n: citation.n });
    const place = el("p", { class: "place" }, citation.publisher, " · ", citation.title);
    const passage = el("blockquote", { lang: this.langOf(citation.n) }, el("mark", {}, citation.quote));
    const links = el("p", { class: "links" });
    const node = el("div", { class: "source", role: "group", tabindex: "-1" }, name, close, place, passage, links);
    words.attribute(node, "aria-label", "source_card", { n: citation.n, title: citation.title });
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        event.preventDefault(); // Escape closes the card alone, not the window
        event.stopPropagation();
        back();
      }
    });
    const reader = () => this.#link(citation.read, "open_reader", links);
    return {
      node,
      complete: (context) => {
        passage.replaceChildren(spaced(context.before, ""), el("mark", {}, context.quote), spaced("", context.after));
        if (context.section.length > 0) {
          place.append(" · ", joined(context.section, " › "));
        }
        if (!this.#link(context.url, "open_article", links)) {
          reader();
        }
      },
      fail: () => {
        links.append(words.text(el("span", { class: "quiet" }), "no_context"), " ");
        reader();
      },
    };
  }

  #link(address, key, holder) {
    const words = this.#words.text(el("span"), key);
    const hint = this.#words.text(el("span", { class: "unseen" }), "new_window");
    const link = outside(address, this.#api.server, "away", words, " ", hint, icon("web"));
    if (link !== null) {
      holder.append(link);
    }
    return link !== null;
  }
}

/** A text beside the quotation, with a blank between the two where neither brings white space. */
function spaced(before, after) {
  if (before !== "") {
    return /\s$/.test(before) ? before : `${before} `;
  }
  return after === "" || /^\s/.test(after) ? after : ` ${after}`;
}
