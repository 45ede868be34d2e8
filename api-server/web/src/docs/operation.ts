// One operation: its inputs, its answers, an example, and a form that sends a request.

import { h } from "../dom";
import {
  present,
  resolved,
  typeName,
  type Document,
  type OperationAt,
  type Parameter,
  type Schema,
} from "./document";
import { exampleOf } from "./example";
import { inline } from "./inline";
import { requestForm } from "./request-form";

export function operationBody(doc: Document, at: OperationAt): HTMLElement {
  const { operation } = at;
  const parameters = operation.parameters.map((parameter) => resolved(doc, parameter));
  const bodies = Object.entries(operation.requestBody?.content ?? {});
  return h(
    "div",
    { class: "operation-body" },
    h("p", {}, inline(operation.description)),
    h("p", { class: "hint" }, access(operation.security)),
    parameters.length > 0 && [h("h3", {}, "Parameters"), parameterTable(doc, parameters)],
    bodies.map(([type, { schema }]) => [
      h("h3", {}, `Request: ${type}`),
      fieldTable(doc, schema),
      example(doc, schema),
    ]),
    h("h3", {}, "Answers"),
    answers(doc, at),
    h("h3", {}, "Try it"),
    requestForm(doc, at, parameters),
  );
}

function access(security: Record<string, unknown>[]): string {
  if (security.length === 0) return "No access token is used.";
  const isOptional = security.some((one) => Object.keys(one).length === 0);
  return isOptional ? "An access token is optional." : "Needs an access token.";
}

function parameterTable(doc: Document, parameters: Parameter[]): HTMLElement {
  return table(
    ["Name", "In", "Type", "Meaning"],
    parameters.map(({ name, in: place, required, schema, description }) => [
      [h("code", {}, name), required === true && " (required)"],
      place,
      typeName(doc, schema),
      inline(description ?? schema.description ?? ""),
    ]),
  );
}

function fieldTable(doc: Document, schema: Schema): HTMLElement {
  const { properties = {}, required = [] } = present(doc, schema);
  return table(
    ["Field", "Type", "Meaning"],
    Object.entries(properties).map(([name, field]) => [
      [h("code", {}, name), required.includes(name) && " (required)"],
      typeName(doc, field),
      inline(field.description ?? present(doc, field).description ?? ""),
    ]),
  );
}

function table(head: string[], rows: Parameters<typeof h>[2][][]): HTMLElement {
  const cells = (row: typeof rows[number]) => h("tr", {}, ...row.map((cell) => h("td", {}, cell)));
  return h(
    "div",
    { class: "table", tabindex: 0, role: "group", "aria-label": head.join(", ") },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, ...head.map((name) => h("th", { scope: "col" }, name)))),
      h("tbody", {}, ...rows.map(cells)),
    ),
  );
}

function example(doc: Document, schema: Schema): HTMLElement {
  const text = JSON.stringify(exampleOf(doc, schema), null, 2);
  return h("pre", { tabindex: 0, role: "group", "aria-label": "Example" }, h("code", {}, text));
}

/** The success with an example, then the statuses of errors with their codes. */
function answers(doc: Document, { operation }: OperationAt): HTMLElement[] {
  return Object.entries(operation.responses).map(([status, answer]) => {
    const { description, content } = resolved(doc, answer);
    const schema = content?.["application/json"]?.schema;
    const codes = [...description.matchAll(/`(\w+)`/g)].map(([, code = ""]) => code);
    const links = codes.map((code) => [" ", h("a", { href: `/docs/errors#${code}` }, code)]);
    return h(
      "div",
      { class: "answer" },
      h("p", {}, h("strong", {}, status), " ", codes.length > 0 ? links : inline(description)),
      schema !== undefined && [fieldTable(doc, schema), example(doc, schema)],
    );
  });
}
