// Elements without HTML: whatever a visitor, a reply or an article says gets in as text and never as markup.
// Also the few things with lists that would otherwise call methods of Array.prototype, which shop pages redefine.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  close: "M6 6l12 12M18 6L6 18",
  more: "M4.9 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0M11.4 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0M17.9 12a.6.6 0 1 0 1.2 0 .6.6 0 1 0-1.2 0",
  send: "M12 19V5M5.5 11.5L12 5l6.5 6.5",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.8-3.8 3.7-6 7.5-6s6.7 2.2 7.5 6",
  phone: "M6.5 3.5h3l1.5 4.5-2 1.5a12 12 0 0 0 5.5 5.5l1.5-2 4.5 1.5v3a2 2 0 0 1-2.2 2A16.5 16.5 0 0 1 4.5 5.7a2 2 0 0 1 2-2.2z",
  mail: "M4 6h16v12H4zM4 7l8 6 8-6",
  web: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  doctor: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 8v8M8 12h8",
  urgent: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2",
  emergency: "M12 3.5L22 20.5H2zM12 10v4.5M12 17.5v.01",
  bell: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5M12 8v.01",
  brand: "M13.9 4.5c-3 2.3-3.8 4.9-2.6 7.5s.8 5.3-2.6 7.5",
};

/**
 * An element. Attributes whose value is a function are listeners; `true` sets an empty one, `false` and null none.
 * Children are nodes or text; null and undefined are left out.
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (typeof value === "function") {
      node.addEventListener(name, value);
    } else if (value !== false && value !== null && value !== undefined) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  for (const child of children) {
    if (child !== null && child !== undefined) {
      node.append(child);
    }
  }
  return node;
}

/** A button that submits nothing. */
export function button(look, press, ...children) {
  return el("button", { type: "button", class: look, click: press }, ...children);
}

/** One of our signs, invisible to screen readers: beside it there are always words. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** The address if a click on it can only lead to a page, else null: `javascript:` and the like lead nowhere. */
export function webAddress(address, base) {
  try {
    const url = new URL(address, base);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** A link into a new window, or null when the address is none. */
export function outside(address, base, look, ...children) {
  const href = address ? webAddress(address, base) : null;
  return href && el("a", { href, class: look, target: "_blank", rel: "noopener noreferrer" }, ...children);
}

/** A number as a `tel:` address wants it: 116 117 becomes 116117. */
export function telephone(number) {
  return `tel:${String(number).replace(/[^\d+*#]/g, "")}`;
}

/** Put a value at the end of a list. */
export function add(list, value) {
  list[list.length] = value;
  return list;
}

/** The last `count` values of a list. */
export function tail(list, count) {
  const kept = [];
  for (let i = Math.max(0, list.length - count); i < list.length; i += 1) {
    add(kept, list[i]);
  }
  return kept;
}

/** The values in one text, with something between them. */
export function joined(list, between) {
  let text = "";
  for (let i = 0; i < list.length; i += 1) {
    text += (i === 0 ? "" : between) + list[i];
  }
  return text;
}
