// The way to the server: a session token in memory, errors as one kind of value.

/** Why a request brought nothing. `status` is 0 when the server was not reached at all. */
export class Problem extends Error {
  constructor(status, detail = "", wait = 0) {
    super(detail);
    this.status = status;
    this.wait = wait; // seconds, as the server asked
  }
}

const MARGIN_MS = 30_000; // a token is renewed while it still holds

/** JSON that no `toJSON` of the page's prototypes can spoil. */
export function encoded(value) {
  return JSON.stringify(shielded(value));
}

function shielded(value) {
  if (value === null || typeof value !== "object") {
    return value;
  }
  const copy = Array.isArray(value) ? [] : {};
  for (const key of Object.keys(value)) {
    copy[key] = shielded(value[key]);
  }
  return Object.defineProperty(copy, "toJSON", { value: undefined });
}

/** Requests to `/api/v1/` of one server. */
export class Api {
  #base;
  #token = null;

  constructor(server) {
    this.server = server;
    this.#base = new URL("api/v1/", server);
  }

  /** The JSON of an answer, or null when it has none. Throws Problem. */
  async json(path, options) {
    const response = await this.request(path, options);
    try {
      return response.status === 204 ? null : await response.json();
    } catch {
      throw new Problem(0);
    }
  }

  /** A successful response. `key` opens a conversation. Throws Problem. */
  async request(path, options = {}) {
    let response = await this.#send(path, options, await this.#session());
    if (response.status === 401) {
      this.#token = null; // expired, or the server has a new secret
      response = await this.#send(path, options, await this.#session());
    }
    return response.ok ? response : Promise.reject(await problem(response));
  }

  async #session() {
    if (this.#token === null || (await this.#token).until < Date.now()) {
      this.#token = this.#begin();
      this.#token.catch(() => {
        this.#token = null;
      });
    }
    return (await this.#token).token;
  }

  async #begin() {
    const response = await this.#send("sessions", { method: "POST", body: {} });
    if (!response.ok) {
      throw await problem(response);
    }
    const { token, expires_in: seconds } = await response.json();
    return { token, until: Date.now() + seconds * 1000 - MARGIN_MS };
  }

  async #send(path, { method = "GET", body, key, after, signal } = {}, token) {
    const headers = new Headers();
    const set = (name, value) => value !== undefined && headers.set(name, value);
    set("authorization", token && `Bearer ${token}`);
    set("content-type", body && "application/json");
    set("x-conversation-key", key);
    set("last-event-id", after);
    const about = { method, headers, signal, credentials: "omit", cache: "no-store", referrerPolicy: "strict-origin" };
    if (body !== undefined) {
      about.body = encoded(body);
    }
    try {
      return await fetch(new URL(path, this.#base), about);
    } catch (error) {
      throw signal?.aborted ? error : new Problem(0);
    }
  }
}

async function problem(response) {
  let detail = "";
  try {
    detail = String((await response.json()).detail ?? "");
  } catch {
    // not one of our server's errors; the status has to do
  }
  return new Problem(response.status, detail, Number(response.headers.get("retry-after")) || 0);
}
