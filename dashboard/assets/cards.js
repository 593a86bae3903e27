// Cards: each is a link, so that it opens in a tab of its own too; a plain click stays in the app.

export default function ({ data, parentElement }) {
  const list = parentElement.querySelector(".cards");
  list.setAttribute("aria-label", "Videos");
  const shown = JSON.stringify(data.cards);
  if (list.shown === shown) return;
  list.shown = shown;
  list.replaceChildren(...data.cards.map((card) => cardFor(card)));
}

function cardFor(card) {
  const item = document.createElement("li");
  const link = element("a", "card", item);
  link.href = card.href;
  link.addEventListener("click", (event) => {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    visit(card.href);
  });
  const picture = element("div", "picture", link);
  picture.style.setProperty("--hue", card.hue);
  element("span", "instead", picture, card.title).setAttribute("aria-hidden", "true");
  if (card.poster) {
    const poster = element("img", "", picture);
    poster.loading = "lazy";
    poster.alt = "";
    poster.addEventListener("error", () => poster.remove());
    poster.src = card.poster;
  }
  const badges = element("span", "badges", picture);
  for (const badge of card.badges) element("span", "badge", badges, badge);
  if (card.length) element("span", "badge length", picture, card.length);
  element("span", "title", link, card.title);
  element("span", "facts", link, card.facts);
  if (card.cost) element("span", "facts", link, card.cost);
  return item;
}

function element(kind, name, parent, text) {
  const made = document.createElement(kind);
  if (name) made.className = name;
  if (text) made.textContent = text;
  parent.append(made);
  return made;
}
