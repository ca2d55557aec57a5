// The words of one language, and where they stand on the screen, so that a change of language changes them all.

import { add } from "./dom.js";

export const LANGS = { de: "Deutsch", da: "Dansk", sv: "Svenska", en: "English" };

/** Say things in the visitor's language. `files` is the address of this folder. */
export class Words {
  #files;
  #said = [];
  #words = {};
  lang = "en";

  constructor(files) {
    this.#files = files;
  }

  /**
   * Change to a language and repeat everything that is on the screen in it.
   * Throws when its words cannot be fetched; then nothing has changed.
   */
  async speak(lang) {
    const response = await fetch(new URL(`words.${lang}.json`, this.#files), { credentials: "omit" });
    if (!response.ok) {
      throw new Error(`words: ${response.status}`);
    }
    this.#words = await response.json();
    this.lang = lang;
    const shown = [];
    for (const saying of this.#said) {
      if (saying.node.isConnected) {
        add(shown, saying);
        saying.apply();
      }
    }
    this.#said = shown;
  }

  /** The words for a key, with `{name}` filled in; dates as people write them here. */
  get(key, values = {}) {
    return this.#words[key].replace(/\{(\w+)\}/g, (_whole, name) => this.#written(values[name]));
  }

  /** Keep the words for a key as the text of a node. */
  text(node, key, values) {
    return this.#keep(node, () => {
      node.textContent = this.get(key, values);
    });
  }

  /** Keep the words for a key as an attribute of a node, `aria-label` for one. */
  attribute(node, attribute, key, values) {
    return this.#keep(node, () => node.setAttribute(attribute, this.get(key, values)));
  }

  #keep(node, apply) {
    apply();
    add(this.#said, { node, apply });
    return node;
  }

  #written(value) {
    return value instanceof Date ? new Intl.DateTimeFormat(this.lang, { dateStyle: "long" }).format(value) : value;
  }
}
