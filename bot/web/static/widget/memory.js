// What the browser keeps of a conversation: its id and its key, under one name, and only after the visitor's consent.
// Nothing of what was said is kept here; that lies on the server, where it can be deleted and expires.

const NAME = "rueckenwind-chat";

/** The conversation that the visitor agreed to keep, or null. Asked for only when the chat is opened. */
export function remembered() {
  try {
    const { id, key } = JSON.parse(localStorage.getItem(NAME));
    return typeof id === "string" && typeof key === "string" ? { id, key } : null;
  } catch {
    return null; // nothing there, or the browser allows no storage
  }
}

/** Keep a conversation. Where the browser allows no storage it lasts as long as the page. */
export function remember({ id, key }) {
  try {
    localStorage.setItem(NAME, `{"id":${JSON.stringify(id)},"key":${JSON.stringify(key)}}`);
  } catch {
    // the visitor's browser has decided
  }
}

/** Forget the conversation. */
export function forget() {
  try {
    localStorage.removeItem(NAME);
  } catch {
    // nothing was kept either
  }
}
