"use strict";

// Brings a new question to the top of the window, so that its reply is read from the beginning.
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
let shown = 0;

function follow() {
  const turns = document.querySelectorAll("#log .turn");
  // A turn first holds the question alone, then the reply as well: each time there is one part more.
  const parts = turns.length + document.querySelectorAll("#log .reply").length;
  if (parts > shown) {
    turns[turns.length - 1].scrollIntoView({ behavior: calm.matches ? "auto" : "smooth", block: "start" });
  }
  shown = parts;
}

// Gradio loads the page anew when the connection breaks. What was typed, or asked and not yet answered,
// is carried over that one reload and nowhere else.
const DRAFT = "draft";
let box = null;

window.addEventListener("pagehide", () => {
  const waiting = document.querySelector("#log .waiting");
  const draft = box?.value || waiting?.previousElementSibling.lastChild.textContent;
  if (draft) {
    sessionStorage.setItem(DRAFT, draft);
  }
});

function restore() {
  box = document.querySelector("#question textarea");
  const draft = box && sessionStorage.getItem(DRAFT);
  if (draft) {
    sessionStorage.removeItem(DRAFT);
    box.value = draft;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

new MutationObserver(() => {
  if (!box) {
    restore();
  }
  if (box) {
    document.getElementById("opening")?.remove();
  }
  follow();
}).observe(document.body, { childList: true, subtree: true });
