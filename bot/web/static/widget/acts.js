// What a visitor can do besides asking: reach a person, take the conversation along, delete it.
//
// `chat` is `{words, talk, log, server, config(), answer(turn), fail(holder, problem, retry), follow(turn), settle(),
// restart()}`: the parts of the chat that this needs.

import * as cards from "./cards.js";
import { el } from "./dom.js";

/** With consent the conversation is handed on; in any case the visitor sees how to reach a person. */
export async function reachPerson(chat) {
  const turn = el("div", { class: "turn" });
  chat.log.append(turn);
  const again = () => {
    turn.remove();
    reachPerson(chat);
  };
  try {
    const { contact } = await chat.config();
    turn.append(cards.people(chat.words, contact, chat.server));
    if (chat.talk.kept) {
      const answer = chat.answer(turn);
      turn.prepend(answer.node);
      await chat.talk.handoff().then((reply) => answer.done(reply, null), (problem) => {
        answer.drop();
        throw problem;
      });
    }
  } catch (problem) {
    chat.fail(turn, problem, again);
  }
  chat.follow(turn);
  turn.querySelector(".people")?.focus({ preventScroll: true });
}

/** The conversation as a file. */
export async function download(chat) {
  try {
    const href = URL.createObjectURL(await chat.talk.file());
    el("a", { href, download: "rueckenwind.json" }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
  } catch (problem) {
    chat.fail(chat.log, problem, () => download(chat));
    chat.log.scrollTop = chat.log.scrollHeight;
  }
}

/** Ask whether to delete everything, then do it. */
export function erase(chat) {
  chat.log.querySelector(".erasing")?.remove();
  const go = async () => {
    await chat.talk.erase();
    await chat.restart();
  };
  const back = () => {
    card.remove();
    chat.settle();
  };
  const card = cards.confirmation(chat.words, go, back);
  card.classList.add("erasing");
  chat.log.append(card);
  chat.log.scrollTop = chat.log.scrollHeight;
  card.focus({ preventScroll: true });
}
