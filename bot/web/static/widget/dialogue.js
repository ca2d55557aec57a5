// The course of the chat: the beginning, a question and its reply, what happens when something fails.

import * as acts from "./acts.js";
import { Answer, chips } from "./answer.js";
import { Api } from "./api.js";
import * as cards from "./cards.js";
import { Composer } from "./composer.js";
import { Conversation, dayOf } from "./conversation.js";
import { el, outside } from "./dom.js";
import { Panel } from "./panel.js";
import { ask } from "./stream.js";

/** The course of the chat in one window. */
export class Dialogue {
  #api;
  #words;
  #panel;
  #talk;
  #country;
  #chosen = null; // the language, when the visitor has chosen one
  #config = null;
  #langs = {}; // of documents
  #asking = null; // the reply under way can be stopped with it
  #agreeing = null; // the consent under way
  #consent = null;
  #followed = null; // the turn that is kept in sight
  #start = el("div", { class: "start", "aria-live": "off" });
  #frame;

  constructor(host, launch, words, { files, country }) {
    this.#api = new Api(new URL("../", files));
    this.#talk = new Conversation(this.#api);
    this.#words = words;
    this.#country = /^[A-Z]{2}$/.test(country) ? country : undefined;
    const buttons = {
      speak: (lang) => this.#speak(lang),
      person: () => acts.reachPerson(this.#desk()),
      download: () => acts.download(this.#desk()),
      erase: () => acts.erase(this.#desk()),
    };
    this.#panel = new Panel(host, launch, words, buttons, new Composer(words, (text) => this.#send(text)));
    this.#frame = el("div", { class: "frame-of-chat", lang: words.lang }, this.#panel.node);
    host.shadowRoot.append(this.#frame);
    this.#watch();
    this.#begin();
  }

  open() {
    this.#panel.open();
  }

  #desk() {
    return {
      words: this.#words,
      talk: this.#talk,
      log: this.#panel.log,
      server: this.#api.server,
      config: async () => this.#config ?? (await this.#configure()),
      answer: (turn) => this.#answer(turn),
      fail: (holder, problem, retry) => this.#fail(holder, problem, retry),
      follow: (turn) => this.#follow(turn, true),
      settle: () => this.#panel.settle(),
      restart: () => this.#restart(),
    };
  }

  // The beginning: the notice, then the earlier conversation, or the question whether to keep this one.

  async #begin() {
    this.#panel.log.replaceChildren(cards.notice(this.#words), this.#start);
    this.#start.replaceChildren();
    try {
      await this.#configure();
      const earlier = await this.#earlier();
      if (earlier === null) {
        this.#invite();
      } else {
        this.#restore(earlier);
      }
    } catch (problem) {
      this.#fail(this.#start, problem, () => this.#begin());
    }
  }

  async #configure() {
    this.#config = await this.#api.json(`config?lang=${this.#words.lang}`);
    for (const id of Object.keys(this.#config.documents ?? {})) {
      this.#langs[id] = this.#config.documents[id];
    }
    const label = this.#words.text(el("span"), "privacy");
    this.#panel.privacy(outside(this.#config.privacy_url, this.#api.server, "entry-of-menu", label));
    return this.#config;
  }

  async #earlier() {
    try {
      return await this.#talk.resume();
    } catch (problem) {
      if (problem.status !== 404) {
        throw problem;
      }
      this.#note("expired");
      return null;
    }
  }

  async #restart() {
    this.#asking?.abort();
    this.#asking = null;
    await this.#begin();
    this.#start.prepend(cards.line(this.#words, "erased"));
    this.#panel.settle();
  }

  #invite() {
    if (!this.#talk.begun) {
      this.#consent = cards.consent(this.#words, this.#config.retention_days, (yes) => this.#agree(yes));
      this.#start.replaceChildren(this.#consent);
    }
    if (this.#config.examples.length > 0) {
      const desk = { words: this.#words, choose: (text) => this.#choose(text) };
      const title = this.#words.text(el("p", { class: "label" }), "examples");
      this.#start.append(el("div", { class: "examples" }, title, chips(this.#config.examples, "examples", desk)));
    }
  }

  async #agree(yes) {
    this.#agreeing = yes ? this.#talk.keep(this.#words.lang) : null;
    try {
      const until = await this.#agreeing;
      this.#settle(yes ? "kept_until" : "not_kept", { until });
    } finally {
      this.#agreeing = null;
    }
    this.#panel.settle();
  }

  /** The question for consent is answered, by a button or by going on without: a line says how it stands. */
  #settle(key, values) {
    if (this.#consent?.isConnected) {
      this.#consent.replaceWith(cards.line(this.#words, key, values));
    }
    this.#consent = null;
  }

  #restore({ messages, expires }) {
    this.#start.replaceChildren(cards.line(this.#words, "kept_until", { until: dayOf(expires) }));
    const log = this.#panel.log;
    log.setAttribute("aria-live", "off"); // nobody wants to hear the whole conversation again
    for (const message of messages) {
      if (message.role === "visitor") {
        this.#turn(message.text);
      } else {
        const answer = this.#answer(log.lastElementChild);
        answer.done(message.reply, message.reply_id, message.feedback?.verdict ?? message.feedback);
      }
    }
    log.scrollTop = log.scrollHeight;
    setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
  }

  // A question and its reply.

  #choose(text) {
    if (this.#send(text)) {
      this.#panel.settle();
    }
  }

  /** Send a message; gives false while another one is being answered. */
  #send(text) {
    if (this.#asking !== null) {
      this.#panel.composer.hint("wait");
      return false;
    }
    this.#asking = new AbortController();
    this.#panel.composer.hint(null);
    for (const node of this.#panel.log.querySelectorAll(".after .chips, .examples")) {
      node.remove();
    }
    this.#exchange(text, this.#turn(text), this.#asking);
    return true;
  }

  async #exchange(text, turn, stop) {
    const answer = this.#answer(turn);
    this.#follow(turn, true);
    try {
      await this.#agreeing?.catch(() => null);
      this.#settle("not_kept");
      const body = this.#talk.question(text, this.#chosen, this.#country);
      const shown = (show) => (data) => {
        show.call(answer, data);
        this.#follow(turn);
      };
      const hear = { triage: shown(answer.triage), sentence: shown(answer.sentence), lost: shown(answer.lost) };
      const { reply, reply_id: replyId } = await ask(this.#api, body, this.#talk.key, hear, stop.signal);
      answer.done(reply, replyId);
      this.#talk.note(text, reply);
    } catch (problem) {
      if (!stop.signal.aborted) {
        answer.drop();
        this.#unanswered(turn, text, problem);
      }
    } finally {
      if (this.#asking === stop) {
        this.#asking = null;
      }
      this.#follow(turn);
    }
  }

  /** The message stays where it is, with a button that sends it again. */
  #unanswered(turn, text, problem) {
    if (problem.status === 404 && this.#talk.kept) {
      this.#talk.lose();
      problem.gone = true;
    }
    this.#fail(turn, problem, () => {
      if (this.#send(text)) {
        turn.remove();
        this.#panel.settle();
      }
    });
  }

  #fail(holder, problem, retry) {
    let key = { 0: navigator.onLine ? "unreachable" : "offline", 413: "refused", 422: "refused" }[problem.status];
    if (problem.status === 429 || problem.status === 503) {
      key = problem.wait > 0 ? "busy_for" : "busy";
    }
    const card = cards.trouble(this.#words, problem.gone ? "expired" : (key ?? "failed"), { seconds: problem.wait }, () => {
      card.remove();
      retry();
    });
    holder.append(card);
  }

  #turn(text) {
    const from = this.#words.text(el("span", { class: "unseen" }), "from_you");
    const turn = el("div", { class: "turn" }, el("p", { class: "mine" }, from, text));
    this.#panel.log.append(turn);
    return turn;
  }

  #answer(turn) {
    const rate = (replyId, verdict, n) => this.#talk.rate(replyId, verdict, n);
    const choose = (text) => this.#choose(text);
    const answer = new Answer({ api: this.#api, words: this.#words, langs: this.#langs, choose, rate });
    turn.append(answer.node);
    return answer;
  }

  /** Bring a turn to the top of the log as far as there is text below, until the visitor scrolls away from it. */
  #follow(turn, fresh = false) {
    this.#followed = fresh ? turn : this.#followed;
    if (this.#followed === turn) {
      this.#panel.log.scrollTop = turn.offsetTop + 8;
    }
  }

  /** The visitor scrolls: from now on the log stays where he puts it. */
  #watch() {
    for (const kind of ["wheel", "touchmove", "pointerdown", "keydown"]) {
      this.#panel.log.addEventListener(kind, () => {
        this.#followed = null;
      }, { passive: true });
    }
  }

  #note(key) {
    this.#panel.log.append(cards.line(this.#words, key));
  }

  // What the visitor can do besides asking.

  async #speak(lang) {
    try {
      await this.#words.speak(lang);
      this.#chosen = lang;
      this.#frame.lang = lang;
      await this.#configure();
      if (this.#start.querySelector(".examples") !== null) {
        this.#start.querySelector(".examples").remove();
        this.#invite();
      }
    } catch (problem) {
      this.#fail(this.#panel.log, problem, () => this.#speak(lang));
    }
  }
}
