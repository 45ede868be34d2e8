// Writes ../src/api/schema.ts: the types of the API's schemas and the bounds of its fields, from
// docs/openapi.json, and the codes of errors, from docs/errors.md. With `--check` it writes nothing
// and fails when the file would change.
//
// This is a package of its own because openapi-typescript needs TypeScript 5, whereas the client is
// checked by TypeScript 7; and `make run`, which builds the client, need not download it.

import fs from "node:fs";
import openapiTypes, { astToString } from "openapi-typescript";

const source = new URL("../../../docs/openapi.json", import.meta.url);
const errors = new URL("../../../docs/errors.md", import.meta.url);
const target = new URL("../src/api/schema.ts", import.meta.url);
const BOUNDS = ["minLength", "maxLength", "maxItems"];

const { openapi, info, components } = JSON.parse(fs.readFileSync(source, "utf8"));

/** Schemas without their descriptions: a change of words is no change of types. */
const schemas = withoutDescriptions(components.schemas);
const types = await openapiTypes(
  { openapi, info, paths: {}, components: { schemas } },
  { alphabetize: true, rootTypes: true, rootTypesNoSchemaPrefix: true },
);
const text = `// Generated from docs/openapi.json and docs/errors.md by \`scripts/web-client types\`. Do not edit.

${astToString(types).trim()}

${allCodes()}

/** The bounds that the server enforces, by schema and field. */
export const bounds = ${JSON.stringify(allBounds(), null, 2)} as const;
`;

if (!process.argv.includes("--check")) {
  fs.writeFileSync(target, text);
} else if (fs.readFileSync(target, "utf8") !== text) {
  console.error("src/api/schema.ts is stale: run `scripts/web-client types` and commit the result");
  process.exit(1);
}

function withoutDescriptions(value) {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(
    // A field may have the name `description`; its value is then an object.
    ([key, inner]) => !(["description", "example"].includes(key) && typeof inner !== "object"),
  );
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutDescriptions(inner)]));
}

/** A type for the codes of each table, such as `ProblemCode`. */
function allCodes() {
  const sections = fs.readFileSync(errors, "utf8").split("\n## ").slice(1);
  const names = ["ProblemCode", "FieldCode", "FailureCode"];
  return names.map((name, i) => `export type ${name} =\n${codesOf(sections[i])};`).join("\n\n");
}

function codesOf(section) {
  const rows = [...section.matchAll(/^\| `(\w+)` \|/gm)];
  return rows.map(([, code]) => `  | "${code}"`).join("\n");
}

function allBounds() {
  const found = { parameters: boundsOf(parameterSchemas()) };
  for (const [name, schema] of Object.entries(components.schemas)) {
    const fields = boundsOf(schema.properties ?? {});
    if (Object.keys(fields).length > 0) found[name] = fields;
  }
  return found;
}

function parameterSchemas() {
  const named = Object.values(components.parameters).map(({ name, schema }) => [name, schema]);
  return Object.fromEntries(named);
}

function boundsOf(fields) {
  const found = {};
  for (const [name, field] of Object.entries(fields)) {
    const schema = resolved(field);
    const kept = BOUNDS.filter((key) => key in schema).map((key) => [key, schema[key]]);
    if (kept.length > 0) found[name] = Object.fromEntries(kept);
  }
  return found;
}

function resolved(field) {
  const schema = field.oneOf?.find(({ type }) => type !== "null") ?? field;
  const name = /^#\/components\/schemas\/(.*)$/.exec(schema.$ref ?? "")?.[1];
  return name === undefined ? schema : components.schemas[name];
}
