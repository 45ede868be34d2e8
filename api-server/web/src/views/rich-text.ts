// Text of users, with links for web addresses and @names.

import { h, type Child } from "../dom";

/** An address, or an @name that is not part of a word, such as an e-mail address. */
const LINKS = /https?:\/\/[^\s<>"]+|(?<![\p{L}\p{N}_@/.+-])@[A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}/giu;

export function richText(text: string): Child[] {
  const parts: Child[] = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(LINKS)) {
    const linked = withoutPunctuation(found);
    parts.push(text.slice(end, index), link(linked));
    end = index + linked.length;
  }
  return [...parts, text.slice(end)];
}

function link(text: string): Child {
  if (text.startsWith("@")) {
    return h("a", { href: `/u/${encodeURIComponent(text.slice(1))}` }, text);
  }
  if (!URL.canParse(text)) return text;
  // Search engines should not count links of users as recommendations of the site.
  return h("a", { href: text, rel: "ugc nofollow noopener" }, text);
}

/** The end of a sentence and unmatched brackets do not belong to a link. */
function withoutPunctuation(found: string): string {
  let text = found;
  for (;;) {
    const last = text.at(-1) ?? "";
    const isUnmatched = last === ")" && text.split("(").length < text.split(")").length;
    if (!isUnmatched && !".,;:!?'\"]}*…»”’".includes(last)) return text;
    text = text.slice(0, -1);
  }
}
