// The one script that a shop page loads. It draws the button; everything else is fetched when somebody presses it.
//
// It runs in a page that we know nothing about: all looks are in a shadow root, whose `!important` beats the page's,
// nothing is read from or written to the page but <html lang>, and no method of the page's arrays is called.
(() => {
  "use strict";

  const NAME = "rueckenwind-chat";
  const script = document.currentScript;
  if (script === null || customElements.get(NAME) !== undefined) {
    return;
  }
  const files = new URL("widget/", script.src);
  const settings = { ...script.dataset };

  const LOOKS = `
    :host { all: initial !important; position: fixed !important; inset: auto 20px 20px auto !important;
      z-index: 2147483647 !important; display: block !important; width: max-content !important;
      height: max-content !important; margin: 0 !important; padding: 0 !important; border: 0 !important;
      background: none !important; overflow: visible !important; color-scheme: light dark !important;
      font: 400 medium/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif !important; }
    :host([data-side="left"]) { inset: auto auto 20px 20px !important; }
    .launch { display: flex; align-items: center; gap: 10px; min-width: 56px; min-height: 56px; box-sizing: border-box;
      margin: 0; padding: 0 22px 0 18px; border: 2px solid transparent; border-radius: 28px; background: #1d5953;
      color: #fff; font: inherit; font-weight: 600; cursor: pointer; box-shadow: 0 6px 24px rgb(18 40 37 / 28%);
      transition: background-color 150ms; -webkit-tap-highlight-color: transparent; }
    .launch:hover { background: #154540; }
    .launch:focus-visible { outline: 3px solid #1d5953; outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    .launch[aria-busy="true"] { cursor: progress; }
    .launch[aria-busy="true"] svg { animation: breathe 1.2s ease-in-out infinite; }
    .launch svg { flex: none; width: 26px; height: 26px; }
    .sorry { position: absolute; right: 0; bottom: calc(100% + 10px); width: 240px; box-sizing: border-box; margin: 0;
      padding: 12px 14px; border: 1px solid #8a5a00; border-radius: 12px; background: #fbf3e0; color: #1f2a28;
      font-size: 0.9375em; line-height: 1.4; }
    :host([data-side="left"]) .sorry { right: auto; left: 0; }
    [hidden] { display: none !important; }
    @keyframes breathe { 50% { opacity: 0.35; } }
    @media (max-width: 480px) {
      .launch { justify-content: center; width: 56px; padding: 0; }
      .launch span { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    }
    @media (prefers-color-scheme: dark) {
      .launch { background: #7fc4b8; color: #0f1817; }
      .launch:hover { background: #a3d9cf; }
      .launch:focus-visible { outline-color: #7fc4b8; box-shadow: 0 0 0 3px #131817; }
      .sorry { border-color: #e8bf6b; background: #2e2614; color: #e9ece9; }
    }
    @media (prefers-reduced-motion: reduce) { .launch, .launch svg { animation: none !important; transition: none; } }
    @media (forced-colors: active) { .launch, .sorry { border: 2px solid ButtonText; } }
    @media print { :host { display: none !important; } }
  `;

  /** A speech bubble with the curve of the brand in it. */
  function sign() {
    const SVG = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(SVG, "svg");
    const path = document.createElementNS(SVG, "path");
    svg.setAttribute("viewBox", "0 0 26 26");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute(
      "d",
      "M6 3.5h14A3.5 3.5 0 0 1 23.5 7v8a3.5 3.5 0 0 1-3.5 3.5h-6.5L8 23v-4.5H6A3.5 3.5 0 0 1 2.5 15V7" +
        "A3.5 3.5 0 0 1 6 3.5zM14.2 6.5c-1.7 1.3-2 2.6-1.4 4.2s.3 3-1.500 4.300",
    );
    path.setAttribute("fill", "none");
    path.setAttribute("stroke", "currentColor");
    path.setAttribute("stroke-width", "2");
    path.setAttribute("stroke-linecap", "round");
    path.setAttribute("stroke-linejoin", "round");
    svg.append(path);
    return svg;
  }

  /** The first of the shop's wish and the page's language that there are words in; else English. */
  function language(words) {
    for (const wish of [settings.lang, document.documentElement.lang]) {
      const lang = (wish || "").slice(0, 2).toLowerCase();
      if (Object.hasOwn(words, lang)) {
        return lang;
      }
    }
    return "en";
  }

  class RueckenwindChat extends HTMLElement {
    #button = document.createElement("button");
    #name = document.createElement("span");
    #sorry = document.createElement("p");
    #words = { name: "Chat", failed: "Error" };
    #lang = "en";

    constructor() {
      super();
      const looks = new CSSStyleSheet();
      looks.replaceSync(LOOKS);
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [looks];
      const frame = document.createElement("section");
      this.#button.type = "button";
      this.#button.className = "launch";
      this.#button.setAttribute("aria-haspopup", "dialog");
      this.#button.append(sign(), this.#name);
      this.#button.addEventListener("click", () => this.#open());
      this.#sorry.className = "sorry";
      this.#sorry.setAttribute("role", "alert");
      this.#sorry.hidden = true;
      frame.append(this.#sorry, this.#button);
      root.append(frame);
      this.#label();
    }

    async connectedCallback() {
      this.dataset.side = settings.side === "left" ? "left" : "right";
      // The top layer lies above every z-index of the page.
      this.setAttribute("popover", "manual");
      this.showPopover?.();
      try {
        const words = await (await fetch(new URL("launcher.json", files), { credentials: "omit" })).json();
        this.#lang = language(words);
        this.#words = words[this.#lang];
        this.#label();
      } catch {
        // Without its words the button still shows its sign, and pressing it tries again.
      }
    }

    #label() {
      this.#name.textContent = this.#words.name;
      this.#button.parentNode.setAttribute("aria-label", this.#words.name);
      this.#button.parentNode.lang = this.#lang;
    }

    async #open() {
      this.#sorry.hidden = true;
      this.#button.setAttribute("aria-busy", "true");
      try {
        const { open } = await import(new URL("chat.js", files).href);
        await open(this, this.#button, { files, lang: this.#lang, country: settings.country });
      } catch {
        this.#sorry.textContent = this.#words.failed;
        this.#sorry.hidden = false;
      } finally {
        this.#button.removeAttribute("aria-busy");
      }
    }
  }

  customElements.define(NAME, RueckenwindChat);

  function appear() {
    if (document.querySelector(NAME) === null) {
      document.body.append(document.createElement(NAME));
    }
  }
  if (document.body === null) {
    document.addEventListener("DOMContentLoaded", appear);
  } else {
    appear();
  }
})();
