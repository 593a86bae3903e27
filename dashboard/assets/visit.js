// Visit: go to another page of the app, as the browser's own Back and Forward do. That is one step of its history, where
// a page that is switched to by the script would be two.

function visit(address) {
  document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  history.pushState({}, "", address);
  dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}
