// A reply as it comes: server-sent events over fetch, because EventSource can neither POST nor carry a token.

import { Problem } from "./api.js";

const WAITS_MS = [300, 1000, 2000, 4000, 8000];
const SILENCE_MS = 30_000; // three heartbeats of the server

/** Cuts a text that arrives in pieces into events `{id, name, data}`. */
export class Events {
  #rest = "";
  #event = {};

  /** The events that are complete with this piece. */
  *feed(piece) {
    this.#rest += piece;
    for (let end = this.#rest.indexOf("\n"); end >= 0; end = this.#rest.indexOf("\n")) {
      const line = this.#rest.slice(0, end).replace(/\r$/, "");
      this.#rest = this.#rest.slice(end + 1);
      if (line !== "") {
        this.#take(line);
      } else if (this.#event.data !== undefined) {
        yield this.#event;
        this.#event = {};
      }
    }
  }

  #take(line) {
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line);
    if (field === "data") {
      this.#event.data = this.#event.data === undefined ? value : `${this.#event.data}\n${value}`;
    } else if (field === "event") {
      this.#event.name = value;
    } else if (field === "id") {
      this.#event.id = value;
    }
  }
}

/**
 * Ask, and hear the reply piece by piece.
 *
 * `hear` has `triage(data)`, `sentence(data)` and `lost()`, called when the connection broke and is being restored.
 * A broken connection is taken up where it broke. Gives the data of `done`; throws Problem.
 */
export async function ask(api, body, key, hear, signal) {
  let last;
  let request = { path: "chat/stream", method: "POST", body, key };
  for (let tries = 0; ; tries += 1) {
    try {
      for await (const event of events(api, request, signal)) {
        last = event.id ?? last;
        tries = 0;
        const data = JSON.parse(event.data);
        if (event.name === "done") {
          return data;
        }
        if (event.name === "error") {
          throw new Problem(data.status ?? 500, data.detail);
        }
        hear[event.name]?.(data);
      }
    } catch (error) {
      if (error instanceof Problem && error.status === 404 && request.after !== undefined) {
        throw new Problem(0); // the server no longer has the rest; asking anew will do
      }
      if (!(error instanceof Problem) || error.status !== 0 || last === undefined) {
        throw error;
      }
    }
    if (last === undefined || tries >= WAITS_MS.length) {
      throw new Problem(0);
    }
    hear.lost();
    await pause(WAITS_MS[tries], signal);
    const id = last.slice(0, last.lastIndexOf(":"));
    request = { path: `chat/stream/${encodeURIComponent(id)}`, after: last, key };
  }
}

/** The events of one response; a connection that breaks or falls silent is a Problem with status 0. */
async function* events(api, { path, ...options }, signal) {
  const silence = new AbortController();
  const stop = () => silence.abort();
  signal.addEventListener("abort", stop);
  let timer = setTimeout(stop, SILENCE_MS);
  try {
    const response = await api.request(path, { ...options, signal: silence.signal });
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    const cut = new Events();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      clearTimeout(timer);
      timer = setTimeout(stop, SILENCE_MS);
      yield* cut.feed(decoder.decode(part.value, { stream: true }));
    }
  } catch (error) {
    throw signal.aborted || error instanceof Problem ? error : new Problem(0);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    silence.abort();
  }
}

/** Wait; shorter when the browser says that it is online again. */
function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    window.addEventListener("online", resolve, { once: true });
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new Problem(0));
    });
  });
}
