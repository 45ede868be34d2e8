// Paths of the API. All values in them are escaped.

export type Signal = AbortSignal | undefined;

const PAGE_ITEMS = "10";

/** A path whose values are escaped: at`/posts/${id}`. */
export function at(parts: TemplateStringsArray, ...values: string[]): string {
  return String.raw({ raw: parts }, ...values.map(encodeURIComponent));
}

/** The query for one page of a list. */
export function page(cursor: string | null, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({ limit: PAGE_ITEMS, ...more });
  if (cursor !== null) query.set("cursor", cursor);
  return `?${query}`;
}
