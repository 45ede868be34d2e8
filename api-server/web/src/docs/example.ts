// Example values of schemas.

import { present, type Document, type Schema } from "./document";

const TIME = "2026-01-31T09:30:00Z";
const UUID = "0198b0a2-6f3c-7d1e-9a55-3f0c2b7e4d11";
const MEDIA = `/media/p/${UUID}/0198b0a3-1c2d-7e4f-8a9b-5d6c7e8f9a0b`;

/** Of fields whose schema has no example. */
const BY_NAME: Record<string, unknown> = {
  access_token: "eyJ0eXAiOiJKV1QiLCJhbGciOiJFZERTQSJ9…",
  alt: "A bird over a roof",
  avatar_url: "/media/default/avatar.png",
  bio: "I write programs.",
  blurhash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
  code: "unsupported_codec",
  cover_url: "/media/default/cover.png",
  detail: "the file format is not supported",
  duration_ms: 5280,
  email: "ada@example.org",
  expires_in: 900,
  first_name: "Ada",
  height: 720,
  hls_url: `${MEDIA}/master.m3u8`,
  last_name: "Lovelace",
  length: 1064272,
  login: "ada",
  max_bytes: 8589934592,
  network: "192.0.2.7",
  next_cursor: null,
  offset: 524288,
  password: "a-heron-and-seven-lamps",
  current_password: "a-heron-and-seven-lamps",
  new_password: "two-cranes-and-a-lantern",
  poster_url: `${MEDIA}/poster.jpg`,
  refresh_token: "prt_5m0c7n…",
  role: "user",
  source_url: null,
  stage: "encoding",
  text: "A bird on the roof, filmed this morning.",
  token_type: "Bearer",
  url: "http://127.0.0.1:1080/files/",
  user_agent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/146.0",
  username: "ada",
  version: "0.1.0",
  width: 1280,
};

/** An example of a value; `name` is its field. */
export function exampleOf(doc: Document, schema: Schema, name = "", depth = 0): unknown {
  const inner = present(doc, schema);
  const given = schema.examples?.[0] ?? inner.examples?.[0] ?? inner.const ?? inner.enum?.[0];
  if (given !== undefined) return given;
  const type = [inner.type ?? (inner.properties ? "object" : "string")].flat()[0];
  if (type === "array") return depth > 5 ? [] : [exampleOf(doc, inner.items ?? {}, name, depth + 1)];
  if (type === "object") return depth > 5 ? null : object(doc, inner, depth);
  if (Object.hasOwn(BY_NAME, name)) return BY_NAME[name];
  if (inner.default !== undefined) return inner.default;
  if (type === "boolean") return false;
  if (type === "integer" || type === "number") return 3;
  return textOf(inner);
}

function object(doc: Document, schema: Schema, depth: number): unknown {
  const fields = Object.entries(schema.properties ?? {});
  return Object.fromEntries(
    fields.map(([name, field]) => [name, exampleOf(doc, field, name, depth + 1)]),
  );
}

function textOf(schema: Schema & { pattern?: string }): string {
  if (schema.format === "date-time") return TIME;
  if (schema.pattern?.includes("[0-9a-f]{8}-") === true) return UUID;
  if (schema.pattern?.includes("[1-9][0-9]") === true) return "1041";
  return "text";
}
