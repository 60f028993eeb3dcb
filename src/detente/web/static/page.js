// What the page does beyond links and forms: charts that can be explored, a link that can be copied, focus.
"use strict";

(() => {
  const VENDOR = ["vega.min.js", "vega-lite.min.js", "vega-embed.min.js"];
  let loading = null;

  function script(name) {
    return new Promise((resolve, reject) => {
      const tag = document.createElement("script");
      tag.src = `/static/vendor/${name}`;
      tag.onload = resolve;
      tag.onerror = () => reject(new Error(name));
      document.head.append(tag);
    });
  }

  async function engine() {
    for (const name of VENDOR) await script(name);
    return import("/static/explore.js");
  }

  // The picture stays where it is until the chart that can be explored is ready to take its place.
  async function explore(figure) {
    if (figure.dataset.explored) return;
    figure.dataset.explored = "yes";
    loading ??= engine();
    const [{ explore: draw }, answer] = await Promise.all([loading, fetch(figure.dataset.chart)]);
    if (!answer.ok) return;
    const place = document.createElement("div");
    place.className = "live";
    const picture = figure.querySelector(".picture");
    const image = picture.querySelector("img");
    await draw(place, await answer.json());
    const drawn = place.querySelector("svg");
    drawn.setAttribute("viewBox", drawn.getAttribute("viewBox") ?? `0 0 ${drawn.width.baseVal.value} ${drawn.height.baseVal.value}`);
    drawn.setAttribute("role", "img");
    drawn.setAttribute("aria-label", image.alt);
    picture.replaceChildren(place);
    figure.querySelector("[data-explore]").hidden = true;
  }

  function ready(root) {
    for (const button of root.querySelectorAll("[data-explore]")) {
      const figure = button.closest("figure");
      button.hidden = Boolean(figure.dataset.explored);
      button.onclick = () => explore(figure);
      let intent = 0;
      figure.onpointerenter = (event) => {
        if (event.pointerType === "mouse") intent = setTimeout(() => explore(figure), 250);
      };
      figure.onpointerleave = () => clearTimeout(intent);
    }
    for (const field of root.querySelectorAll("[data-link]")) field.value = new URL(field.value, location.href).href;
    for (const button of root.querySelectorAll("[data-copy]")) {
      button.hidden = !navigator.clipboard;
      button.onclick = async () => {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
        button.textContent = "Copied";
      };
    }
    document.getElementById("problem")?.focus();
  }

  document.addEventListener("htmx:afterSettle", (event) => ready(event.target));
  ready(document);
})();
