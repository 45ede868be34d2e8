// Sends a request of an operation to this server and shows the answer.

import { h, replace } from "../dom";
import { field, type Field } from "../views/form";
import type { Document, OperationAt, Parameter } from "./document";
import { exampleOf } from "./example";

/** Typed once, used by all forms of the page. */
let token = "";

export function requestForm(doc: Document, at: OperationAt, parameters: Parameter[]): HTMLElement {
  const { operation } = at;
  const schema = operation.requestBody?.content["application/json"]?.schema;
  const patch = operation.requestBody?.content["application/merge-patch+json"]?.schema;
  const inputs = parameters
    .filter((parameter) => parameter.in !== "header")
    .map((parameter) => ({ parameter, input: parameterField(doc, parameter) }));
  const json = schema ?? patch;
  const body =
    json === undefined
      ? null
      : field("Body", h("textarea", { rows: 6 }, JSON.stringify(exampleOf(doc, json), null, 2)));
  const bearer =
    operation.security.length === 0
      ? null
      : field("Access token", h("input", { autocomplete: "off", value: token }));
  const output = h("div", { class: "answer", role: "status" });
  const onsubmit = async (event: Event) => {
    event.preventDefault();
    token = bearer?.control.value.trim() ?? token;
    const headers: Record<string, string> = token === "" ? {} : { Authorization: `Bearer ${token}` };
    if (json !== undefined) {
      headers["Content-Type"] = schema === undefined ? "application/merge-patch+json" : "application/json";
    }
    const init = { method: at.method.toUpperCase(), headers, body: body?.control.value ?? null };
    try {
      const answer = await fetch(address(at.path, inputs), init);
      show(output, `${answer.status} ${answer.statusText}`, await answer.text());
    } catch {
      show(output, "The server cannot be reached.", "");
    }
  };
  return h(
    "form",
    { class: "form", onsubmit },
    inputs.map(({ input }) => input.element),
    bearer?.element,
    body?.element,
    h("button", { type: "submit", class: "button primary" }, "Send"),
    output,
  );
}

interface Filled {
  parameter: Parameter;
  input: Field<HTMLInputElement>;
}

function parameterField(doc: Document, { name, schema, in: place }: Parameter) {
  const value = place === "path" ? String(exampleOf(doc, schema, name)) : "";
  return field(name, h("input", { name, value, autocomplete: "off", required: place === "path" }));
}

function address(path: string, inputs: Filled[]): string {
  let filled = path;
  const query = new URLSearchParams();
  for (const { parameter, input } of inputs) {
    const { value } = input.control;
    if (parameter.in === "path") filled = filled.replace(`{${parameter.name}}`, encodeURIComponent(value));
    else if (value !== "") query.set(parameter.name, value);
  }
  return query.size === 0 ? filled : `${filled}?${query}`;
}

function show(output: HTMLElement, status: string, body: string): void {
  const text = formatted(body);
  const content = text !== "" && h("pre", { tabindex: 0, role: "group", "aria-label": "Answer" }, h("code", {}, text));
  replace(output, h("p", {}, h("strong", {}, status)), content);
}

function formatted(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
