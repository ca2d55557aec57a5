// What the launcher loads when it is pressed for the first time: words and looks, then the chat.

import { Problem } from "./api.js";
import { Dialogue } from "./dialogue.js";
import { Words } from "./words.js";

const chats = new WeakMap();

/**
 * Open the chat of a launcher; built once, then only shown. Throws when its files cannot be fetched.
 * `settings` is `{files, lang, country}`: the address of this folder, the language, the shop's country.
 */
export async function open(host, launch, settings) {
  if (!chats.has(host)) {
    const chat = build(host, launch, settings);
    chats.set(host, chat);
    chat.catch(() => chats.delete(host));
  }
  (await chats.get(host)).open();
}

async function build(host, launch, settings) {
  const words = new Words(settings.files);
  const looks = new CSSStyleSheet();
  const style = async () => looks.replace(await (await fetched(new URL("chat.css", settings.files))).text());
  await Promise.all([words.speak(settings.lang), style()]);
  host.shadowRoot.adoptedStyleSheets = [...host.shadowRoot.adoptedStyleSheets, looks];
  return new Dialogue(host, launch, words, settings);
}

async function fetched(address) {
  const response = await fetch(address, { credentials: "omit" });
  return response.ok ? response : Promise.reject(new Problem(response.status));
}
