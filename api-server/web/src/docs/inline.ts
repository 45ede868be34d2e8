// The two marks that descriptions use: `code` and [links](address).

import { h, type Child } from "../dom";

export function inline(text: string): Child[] {
  const parts = text.split(/(`[^`]+`|\[[^\]]+\]\([^)]+\))/);
  return parts.map((part) => {
    if (part.startsWith("`")) return h("code", {}, part.slice(1, -1));
    const link = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part);
    return link === null ? part : h("a", { href: link[2] }, link[1]);
  });
}
