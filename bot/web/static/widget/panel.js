// The window of the chat: header, log, field, foot. Beside the page on a wide screen, over it on a phone.

import { button, el, icon } from "./dom.js";
import { LANGS } from "./words.js";

const SMALL = matchMedia("(max-width: 480px), (max-height: 480px)");
const FINE = matchMedia("(pointer: fine)");

/** The window in the shadow root of `host`; `launch` is the button that opened it. */
export class Panel {
  #host;
  #launch;
  #words;
  #title = el("h2", { id: "title", tabindex: "-1" }, "Rückenwind");
  #menu = el("div", { class: "menu", id: "menu", hidden: true });
  #more;

  /** `acts` is `{speak(lang), person(), download(), erase()}`; `composer` the field. */
  constructor(host, launch, words, acts, composer) {
    this.#host = host;
    this.#launch = launch;
    this.#words = words;
    this.composer = composer;
    this.log = el("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0" });
    words.attribute(this.log, "aria-label", "log");
    this.node = el("dialog", { class: "panel", "aria-labelledby": "title", "aria-describedby": "notice" });
    this.node.append(this.#head(acts), this.log, composer.node, this.#foot(acts));
    this.#listen();
  }

  /** Open, and bring the focus in: to the field, or where fingers type to the title, so that no keyboard pops up. */
  open() {
    if (!this.node.open) {
      this.#show();
      this.#launch.hidden = true;
    }
    if (FINE.matches && !SMALL.matches) {
      this.composer.focus();
    } else {
      this.#title.focus();
    }
  }

  /** Close, and give the focus back. */
  close() {
    this.node.close();
    this.#closed();
  }

  #closed() {
    if (this.#launch.hidden && !this.node.open) {
      this.#toggle(false);
      this.#launch.hidden = false;
      this.#launch.focus();
    }
  }

  /** After a tap on something that has gone: the field, or the log where a keyboard would cover it. */
  settle() {
    if (FINE.matches) {
      this.composer.focus();
    } else {
      this.log.focus({ preventScroll: true });
    }
  }

  /** Show the address of the operator's privacy notice in the menu. */
  privacy(link) {
    this.#menu.querySelector("a")?.remove();
    if (link !== null) {
      this.#menu.append(link);
    }
  }

  #show() {
    if (SMALL.matches) {
      this.node.showModal();
    } else {
      this.node.show();
    }
    this.#fit();
  }

  #head(acts) {
    const words = this.#words;
    const what = words.text(el("p", { class: "what" }), "what");
    const langs = el("select", { class: "langs", change: (event) => acts.speak(event.target.value) });
    for (const lang of Object.keys(LANGS)) {
      langs.append(el("option", { value: lang, lang }, LANGS[lang]));
    }
    langs.value = words.lang;
    words.attribute(langs, "aria-label", "language");
    this.#more = button("plain round", () => this.#toggle(this.#menu.hidden), icon("more"));
    this.#more.setAttribute("aria-controls", "menu");
    this.#more.setAttribute("aria-expanded", "false");
    words.attribute(this.#more, "aria-label", "more");
    const close = words.attribute(button("plain round", () => this.close(), icon("close")), "aria-label", "close");
    for (const name of ["download", "erase"]) {
      const act = () => {
        this.#toggle(false);
        acts[name]();
      };
      this.#menu.append(words.text(button("entry-of-menu", act), name));
    }
    const brand = el("span", { class: "mark" }, icon("brand"));
    const names = el("div", { class: "names" }, this.#title, what);
    return el("header", {}, brand, names, langs, this.#more, close, this.#menu);
  }

  #foot(acts) {
    const person = button("person", () => acts.person(), icon("person"), this.#words.text(el("span"), "person"));
    const emergency = el("a", { href: "tel:112" }, "112");
    const line = el("p", {}, this.#words.text(el("span"), "emergency"), " ", emergency);
    return el("footer", {}, person, line);
  }

  #toggle(open) {
    this.#menu.hidden = !open;
    this.#more.setAttribute("aria-expanded", String(open));
  }

  #listen() {
    // Keys typed here are nobody else's: a page may have shortcuts of its own.
    for (const kind of ["keydown", "keypress", "keyup", "beforeinput", "input", "paste", "change", "submit"]) {
      this.node.addEventListener(kind, (event) => {
        if (kind === "keydown" && event.key === "Escape") {
          this.#escape(event);
        }
        event.stopPropagation();
      });
    }
    this.node.addEventListener("close", () => this.#closed()); // the back button of a phone closes it as well
    this.node.addEventListener("click", (event) => {
      if (!this.#menu.hidden && !this.#menu.contains(event.target) && !this.#more.contains(event.target)) {
        this.#toggle(false);
      }
    });
    SMALL.addEventListener("change", () => this.#turn());
    const screen = window.visualViewport;
    screen?.addEventListener("resize", () => this.#fit());
    screen?.addEventListener("scroll", () => this.#fit());
  }

  #escape(event) {
    event.preventDefault();
    if (this.#menu.hidden) {
      this.close();
    } else {
      this.#toggle(false);
      this.#more.focus();
    }
  }

  /** The screen became small or wide: the same window, over the page or beside it. */
  #turn() {
    if (this.node.open) {
      const focused = this.#host.shadowRoot.activeElement;
      this.node.close();
      this.#show();
      focused?.focus();
    }
  }

  /** Keep what is seen above a phone's keyboard; a page enlarged with two fingers is left alone. */
  #fit() {
    const screen = window.visualViewport;
    if (!screen || screen.scale > 1.01) {
      return;
    }
    this.node.style.setProperty("--seen", `${screen.height}px`);
    this.node.style.setProperty("--above", `${screen.offsetTop}px`);
  }
}
