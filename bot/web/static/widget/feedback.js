// What the visitor thinks of a reply: three buttons, and for a wrong source the question which one.

import { button, el } from "./dom.js";

const VERDICTS = ["helpful", "not_helpful", "wrong_source"];

/** The buttons. `rate(verdict, n)` tells the server and throws when it could not; `rated` is what was said before. */
export function feedback(words, citations, rate, rated) {
  const bar = el("div", { class: "feedback", role: "group" });
  const said = el("p", { class: "said", role: "status" });
  const which = el("div", { class: "which", role: "group", hidden: true });
  words.attribute(bar, "aria-label", "feedback");
  words.attribute(which, "aria-label", "which_source");
  const presses = new Map();

  const mark = (verdict) => {
    for (const [name, press] of presses) {
      press.setAttribute("aria-pressed", String(name === verdict));
    }
  };
  const send = async (verdict, n) => {
    which.hidden = true;
    try {
      await rate(verdict, n);
      mark(verdict);
      words.text(said, "thanks");
    } catch {
      words.text(said, "feedback_failed");
    }
  };
  for (const citation of citations) {
    const press = button("cite", () => send("wrong_source", citation.n), String(citation.n));
    words.attribute(press, "aria-label", "citation", { n: citation.n, title: citation.title });
    which.append(press);
  }
  which.prepend(words.text(el("span"), "which_source"));
  for (const verdict of VERDICTS) {
    if (verdict === "wrong_source" && citations.length === 0) {
      continue;
    }
    const ask = verdict === "wrong_source" && citations.length > 1;
    const press = button("opinion", () => {
      if (ask) {
        which.hidden = !which.hidden;
      } else {
        send(verdict, verdict === "wrong_source" ? citations[0].n : undefined);
      }
    });
    presses.set(verdict, words.text(press, verdict));
    bar.append(press);
  }
  mark(rated);
  return el("div", { class: "opinions" }, bar, which, said);
}
