// The parts of an OpenAPI document that the page at /docs shows.

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  contentMediaType?: string;
}

export interface Parameter {
  $ref?: string;
  name: string;
  in: "path" | "query" | "header";
  required?: boolean;
  description?: string;
  schema: Schema;
}

interface Content {
  schema: Schema;
}

export interface Answer {
  $ref?: string;
  description: string;
  content?: Record<string, Content>;
}

export interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: string[];
  security: Record<string, unknown>[];
  parameters: Parameter[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, Answer>;
}

export interface OperationAt {
  path: string;
  method: string;
  operation: Operation;
}

export interface Document {
  info: { title: string; version: string; description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, unknown>>;
}

/** The value itself, or the component that it names. */
export function resolved<T extends { $ref?: string }>(doc: Document, value: T): T {
  const [, , kind = "", name = ""] = value.$ref?.split("/") ?? [];
  const found = doc.components[kind]?.[name];
  return found === undefined ? value : { ...(found as T), ...withoutRef(value) };
}

function withoutRef<T extends { $ref?: string }>({ $ref: _, ...rest }: T) {
  return rest;
}

/** What the value is if it is not null. */
export function present(doc: Document, schema: Schema): Schema {
  const choice = (schema.oneOf ?? schema.anyOf)?.find(({ type }) => type !== "null");
  return choice === undefined ? resolved(doc, schema) : resolved(doc, choice);
}

/** The type in a word, such as "text or null". */
export function typeName(doc: Document, schema: Schema): string {
  const inner = present(doc, schema);
  const types = [inner.type ?? "object"].flat().filter((type) => type !== "null");
  const isNullable =
    [resolved(doc, schema).type].flat().includes("null") ||
    schema.oneOf?.some(({ type }) => type === "null") === true;
  const choices = inner.enum?.map((value) => JSON.stringify(value)).join(", ");
  const item = inner.items === undefined ? "" : ` of ${typeName(doc, inner.items)}`;
  const length = inner.maxLength === undefined ? "" : `, at most ${inner.maxLength} characters`;
  return (choices ?? types.join(" or ")) + item + length + (isNullable ? " or null" : "");
}
