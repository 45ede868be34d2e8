// The page at /docs: the API's description, from /openapi.json of this server.

import "../styles/base.css";
import "../styles/forms.css";
import "../styles/docs.css";

import { h, replace } from "../dom";
import { type Document, type Operation, type OperationAt } from "./document";
import { inline } from "./inline";
import { operationBody } from "./operation";

async function start(): Promise<void> {
  const main = document.querySelector("main");
  if (main === null) return;
  try {
    const answer = await fetch("/openapi.json");
    replace(main, page((await answer.json()) as Document));
  } catch {
    replace(main, h("p", { role: "alert" }, "The description could not be loaded."));
  }
  openTarget();
  window.addEventListener("hashchange", openTarget);
}

function page(doc: Document): HTMLElement[] {
  const links = doc.tags.map(({ name }) => h("li", {}, h("a", { href: `#${name}` }, name)));
  return [
    h("h1", {}, `${doc.info.title} API ${doc.info.version}`),
    ...doc.info.description.split("\n\n").map((text) => h("p", {}, inline(text))),
    h("nav", { "aria-label": "Parts of the API" }, h("ul", { class: "docs-nav" }, links)),
    ...doc.tags.map((tag) => section(doc, tag)),
  ];
}

function section(doc: Document, { name, description }: Document["tags"][number]): HTMLElement {
  const operations = Object.entries(doc.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const own = operations.filter(({ operation }) => operation.tags.includes(name));
  const title = h("h2", { id: name }, name);
  return h("section", {}, title, h("p", {}, inline(description)), ...own.map((at) => entry(doc, at)));
}

/** The content is made when it is opened for the first time. */
function entry(doc: Document, at: OperationAt): HTMLElement {
  const { path, method, operation } = at;
  const id = (operation as Operation).operationId;
  const element = h(
    "details",
    { class: "operation", id },
    h(
      "summary",
      {},
      h("span", { class: `method method-${method}` }, method.toUpperCase()),
      h("code", {}, path),
      h("span", {}, operation.summary),
    ),
  );
  element.addEventListener("toggle", () => {
    if (element.open && element.children.length === 1) element.append(operationBody(doc, at));
  });
  return element;
}

/** A link may name an operation. */
function openTarget(): void {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
  target?.scrollIntoView();
}

void start();
