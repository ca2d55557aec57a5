"use strict";

// Brings a new question to the top of the window, so that its reply is read from the beginning.
const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
const fine = window.matchMedia("(pointer: fine)");
let shown = 0;

function follow() {
  const turns = document.querySelectorAll("#log .turn");
  // A turn first holds the question alone, then more and more of the reply.
  const parts = turns.length + document.querySelectorAll("#log .text > *, #log .sources, #log .feedback").length;
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

// What a visitor thinks of a reply. Gradio sets the log's elements back to what the server sent each time that it
// grows, so what was said is kept here and shown again.
const verdicts = new Map();

function mark() {
  for (const press of document.querySelectorAll("#log .opinion[data-verdict]")) {
    const pressed = String(verdicts.get(press.parentElement.dataset.reply) === press.dataset.verdict);
    if (press.getAttribute("aria-pressed") !== pressed) {
      press.setAttribute("aria-pressed", pressed);
    }
  }
}

async function judge(bar, verdict, citation) {
  const said = bar.querySelector(".said");
  const name = bar.dataset.reply;
  const body = citation ? { reply_id: name, verdict, citation } : { reply_id: name, verdict };
  const about = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  try {
    const response = await fetch("/api/v1/feedback", about);
    if (!response.ok) {
      throw new Error(`feedback: ${response.status}`);
    }
    verdicts.set(name, verdict);
    mark();
    said.textContent = bar.dataset.thanks;
  } catch {
    said.textContent = bar.dataset.failed;
  }
}

function opine(press) {
  const bar = press.closest(".feedback");
  const which = bar.querySelector(".which");
  const citations = which === null ? [] : which.querySelectorAll("[data-citation]");
  const { verdict, citation } = press.dataset;
  if (verdict === "wrong_source" && citations.length > 1) {
    which.hidden = !which.hidden;
    return;
  }
  if (which !== null) {
    which.hidden = true;
  }
  const wrong = verdict === undefined || verdict === "wrong_source";
  judge(bar, wrong ? "wrong_source" : verdict, wrong ? Number(citation ?? citations[0].dataset.citation) : undefined);
  if (verdict === undefined) {
    bar.querySelector("[data-verdict='wrong_source']").focus(); // the number that was pressed is hidden now
  }
}

document.addEventListener("click", (event) => {
  const press = event.target.closest("button");
  if (press === null) {
    return;
  }
  if (press.matches("#log .opinion")) {
    opine(press);
  } else if (press.matches("#chips button, #restart")) {
    // What was pressed is hidden or says something else in a moment. Where fingers type no keyboard should pop up.
    (fine.matches ? box : document.querySelector("#log .log"))?.focus({ preventScroll: true });
  }
});

// A sheet that opens has the focus; the browser gives it back when the sheet closes.
document.addEventListener("toggle", (event) => {
  if (event.newState === "open" && event.target.matches(".sheet")) {
    event.target.focus({ preventScroll: true });
  }
}, true);

new MutationObserver(() => {
  if (!box) {
    restore();
  }
  if (box) {
    document.getElementById("opening")?.remove();
  }
  mark();
  follow();
}).observe(document.body, { childList: true, subtree: true });
