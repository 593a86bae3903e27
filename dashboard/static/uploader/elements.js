// Elements: parts of a page, made of names, properties and children; texts stay texts, whatever is in them.

export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made && typeof value !== "string") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function button(label, onclick, properties = {}) {
  return element("button", { type: "button", onclick, ...properties }, label);
}

const DRAWINGS = {
  upload: "M12 3 6 9l1.4 1.4L11 6.8V16h2V6.8l3.6 3.6L18 9zM4 18v3h16v-3h-2v1H6v-1z",
  pause: "M7 5h4v14H7zm6 0h4v14h-4z",
  play: "M8 5v14l11-7z",
  cancel: "M18.3 5.7 12 12l6.3 6.3-1.4 1.4L10.6 13.4 4.3 19.7 2.9 18.3 9.2 12 2.9 5.7 4.3 4.3l6.3 6.3 6.3-6.3z",
  retry: "M12 5V1L7 6l5 5V7a5 5 0 1 1-5 5H5a7 7 0 1 0 7-7z",
  copy: "M16 1H4v16h2V3h10zm4 4H8v18h12zm-2 16h-8V7h8z",
};

export function icon(name) {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  path.setAttribute("d", DRAWINGS[name]);
  drawing.append(path);
  return drawing;
}

// A button that is an icon; what it does, and to what, is said to those who do not see it.
export function iconButton(name, label, onclick) {
  return element("button", { type: "button", class: "icon", "aria-label": label, title: label, onclick }, icon(name));
}

// Change only what differs: a page that is drawn four times a second must not lose what is selected on it.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setShown(node, isShown) {
  if (node.hidden === isShown) node.hidden = !isShown;
}

export async function copy(text, within) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = element("textarea", { class: "unseen" }); // where the page did not come over HTTPS
  area.value = text;
  within.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  return undefined;
}
