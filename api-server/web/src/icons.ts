// Line icons on a 24 × 24 grid. They are decoration only; the text is next to them.

const PATHS = {
  heart:
    "M12 20C7 16.2 3.5 13 3.5 9.2A4.4 4.4 0 0 1 8 4.8c1.7 0 3.1.9 4 2.4.9-1.5 2.3-2.4 4-2.4a4.4 4.4 0 0 1 4.5 4.4C20.5 13 17 16.2 12 20z",
  talk: "M4 5h16v11H11l-4.5 4v-4H4z",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l4.5 4.5",
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  picture: "M4 5h16v14H4zM4 16l4.5-5 4 4.5 2.5-2.5 5 5M15.5 9.5h.01",
  film: "M4 5h16v14H4zM8 5v14M16 5v14M4 9.5h4M4 14.5h4M16 9.5h4M16 14.5h4",
  pause: "M9 6v12M15 6v12",
  play: "M8 5.5v13l11-6.5z",
  close: "M6 6l12 12M18 6L6 18",
  warning: "M12 4L2.5 20h19zM12 10v4.5M12 17.2v.3",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  people:
    "M9 11a3.2 3.2 0 1 0 0-6.4A3.2 3.2 0 0 0 9 11zM3 19.5c0-3.5 2.7-5.5 6-5.5s6 2 6 5.5M16 5a3 3 0 0 1 0 5.8M17.5 14.3c2.1.7 3.5 2.5 3.5 5.2",
  pawl: "M3 20v-8l6 8v-8l6 8v-8l6 8M6 4h10l5 5",
} as const;

export function icon(name: keyof typeof PATHS): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
