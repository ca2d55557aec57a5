// The conversation: kept on the server when the visitor agreed, else only here until the page is closed.

import { encoded } from "./api.js";
import { add, tail } from "./dom.js";
import { forget, remember, remembered } from "./memory.js";

const MOST_EARLIER = 50; // messages that the server takes
const MOST_BYTES = 48_000; // of them; a request may have 64 kB in all

/** A day as the server writes it, 2026-12-23, as a moment of that day wherever the visitor is. */
export function dayOf(text) {
  return new Date(`${text.slice(0, 10)}T12:00:00`);
}

/** What was said so far, and the only place that knows whether it is kept. */
export class Conversation {
  #api;
  #said = [];
  #kept = null;

  constructor(api) {
    this.#api = api;
  }

  /** Whether the server keeps it. */
  get kept() {
    return this.#kept !== null;
  }

  /** Whether anything was said, or is kept. */
  get begun() {
    return this.kept || this.#said.length > 0;
  }

  /** The key that opens it, for requests; undefined when it is not kept. */
  get key() {
    return this.#kept?.key;
  }

  /** Keep it from now on: the visitor agreed. Gives the day until which. Throws Problem. */
  async keep(lang) {
    const { id, key, expires } = await this.#api.json("conversations", { method: "POST", body: { consent: true, lang } });
    this.#kept = { id, key };
    remember(this.#kept);
    return dayOf(expires);
  }

  /**
   * The messages of an earlier visit, or null when there are none.
   * Throws Problem; with status 404 the conversation is gone, and forgotten here as well.
   */
  async resume() {
    this.#kept = remembered();
    return this.kept ? this.#guarded(() => this.#api.json(this.#path(), { key: this.key })) : null;
  }

  /** The body of a request for a reply to `text`. */
  question(text, lang, country) {
    const body = this.kept ? { text, earlier: [], conversation: this.#kept.id } : { text, earlier: this.#earlier() };
    if (lang) {
      body.lang = lang;
    }
    if (country) {
      body.country = country;
    }
    return body;
  }

  /** Note what was said, for the next question. */
  note(text, reply) {
    const at = new Date().toISOString();
    add(add(this.#said, { role: "visitor", text, at }), { role: "bot", reply, at });
  }

  /** Tell the server what the visitor thinks of a reply. Throws Problem. */
  async rate(replyId, verdict, n) {
    const body = { reply_id: replyId, verdict };
    if (n !== undefined) {
      body.citation = n;
    }
    if (this.kept) {
      body.conversation = this.#kept.id;
    }
    await this.#api.json("feedback", { method: "POST", body, key: this.key });
  }

  /** Ask for a person; gives the reply. Only of a conversation that is kept. Throws Problem. */
  async handoff() {
    return this.#guarded(() => this.#api.json(`${this.#path()}/handoff`, { method: "POST", body: {}, key: this.key }));
  }

  /** Everything that is known of it, as a file. Throws Problem. */
  async file() {
    if (this.kept) {
      const response = await this.#guarded(() => this.#api.request(`${this.#path()}/export`, { key: this.key }));
      return response.blob();
    }
    return new Blob([encoded({ messages: this.#said })], { type: "application/json" });
  }

  /** Delete it, on the server as well. Throws Problem, and then nothing is deleted. */
  async erase() {
    if (this.kept) {
      try {
        await this.#api.json(this.#path(), { method: "DELETE", key: this.key });
      } catch (error) {
        if (error.status !== 404) {
          throw error;
        }
      }
    }
    this.lose();
  }

  /** Forget it here; on the server it is gone. */
  lose() {
    forget();
    this.#kept = null;
    this.#said = [];
  }

  #path() {
    return `conversations/${encodeURIComponent(this.#kept.id)}`;
  }

  async #guarded(request) {
    try {
      return await request();
    } catch (error) {
      if (error.status === 404) {
        this.lose();
      }
      throw error;
    }
  }

  /** The visitor's messages, as many of the latest as the server takes. */
  #earlier() {
    const texts = [];
    for (const { role, text } of this.#said) {
      if (role === "visitor") {
        add(texts, text);
      }
    }
    let kept = tail(texts, MOST_EARLIER);
    while (kept.length > 1 && new TextEncoder().encode(encoded(kept)).length > MOST_BYTES) {
      kept = tail(kept, kept.length - 1);
    }
    return kept;
  }
}
