// Watch: the page of one video shows it.

const { show } = await import(`./player.js${new URL(import.meta.url).search}`);

show(document.getElementById("player"), JSON.parse(document.getElementById("told").textContent));
