// What a reply's text is made of: paragraphs and lists; in them words of ours, and quotations with their numbers.

import { add } from "./dom.js";

// What stands behind a sentence: " [1]", " [1][2]", " [1, 2]".
const MARKS = /^(?:[^\S\n]?\[\d{1,3}(?:, ?\d{1,3})*\])+/;
const ITEM = /^\s*[–•*-]\s+/;

/** The sentence that an event of the stream brings, told from the words of ours around it. */
export function sentenceOf({ text, citations }) {
  let quote = "";
  const numbers = [];
  for (const citation of citations) {
    add(numbers, citation.n);
    if (text.includes(citation.quote) && citation.quote.length > quote.length) {
      quote = citation.quote;
    }
  }
  return { text: quote || lastLine(text), citations: numbers };
}

function lastLine(text) {
  const line = text.trim().replace(/(?:\s?\[[\d, ]+\])+$/, "");
  return line.slice(line.lastIndexOf("\n") + 1).replace(ITEM, "");
}

/** Pieces `{text, cites}` in their order; a piece with `cites` is a quotation, its marks are left out. */
function pieces(text, sentences) {
  const found = [];
  let cursor = 0;
  for (const { text: sentence, citations } of sentences) {
    const place = sentence === "" ? null : placeOf(text, sentence, citations, cursor);
    if (place !== null) {
      add(found, { text: text.slice(cursor, place.start), cites: null });
      add(found, { text: sentence, cites: citations });
      cursor = place.end;
    }
  }
  return add(found, { text: text.slice(cursor), cites: null });
}

/** Where a sentence stands, with the marks behind it; a place with the right numbers goes before one without. */
function placeOf(text, sentence, citations, from) {
  let first = null;
  for (let start = text.indexOf(sentence, from); start >= 0; start = text.indexOf(sentence, start + 1)) {
    const end = start + sentence.length;
    const marks = MARKS.exec(text.slice(end))?.[0] ?? "";
    const right = marks !== "" && same(marks, citations);
    if (right) {
      return { start, end: end + marks.length };
    }
    first ??= { start, end };
  }
  return first;
}

function same(marks, citations) {
  let at = 0;
  for (const [number] of marks.matchAll(/\d+/g)) {
    if (Number(number) !== citations[at]) {
      return false;
    }
    at += 1;
  }
  return at === citations.length;
}

/** Blocks `{list, lines}` of a text; a line is a list of pieces, a block with `list` has an item in each line. */
export function blocks(text, sentences) {
  const lines = [[]];
  for (const { text: words, cites } of pieces(text, sentences)) {
    if (cites !== null) {
      add(lines[lines.length - 1], { text: words, cites });
      continue;
    }
    let fresh = false;
    for (const line of words.split("\n")) {
      if (fresh) {
        add(lines, []);
      }
      add(lines[lines.length - 1], { text: line, cites: null });
      fresh = true;
    }
  }
  return grouped(lines);
}

function grouped(lines) {
  const found = [];
  let open = null;
  for (const line of lines) {
    const kept = worded(line);
    if (kept.length === 0) {
      open = null;
      continue;
    }
    const list = kept[0].cites === null && ITEM.test(kept[0].text);
    if (list) {
      kept[0] = { text: kept[0].text.replace(ITEM, ""), cites: null };
    }
    if (open === null || open.list !== list) {
      open = { list, lines: [] };
      add(found, open);
    }
    add(open.lines, worded(kept));
  }
  return found;
}

/** The pieces that hold anything; a line without words has none. */
function worded(line) {
  const kept = [];
  let words = "";
  for (const piece of line) {
    words += piece.text;
    if (piece.text !== "") {
      add(kept, piece);
    }
  }
  return words.trim() === "" ? [] : kept;
}
