// Where one was in a list, for the way back to it: how many pages of it were there and how far
// one had scrolled, kept in the history beside the address.

interface Place {
  scrollY: number;
  pages: number;
}

/** Who has gone further than this begins a little higher. */
const MOST_PAGES = 10;

let pages = 0;
let wanted: Place | null = null;

/** Before an address is left. */
export function keepPlace(): void {
  const place: Place = { scrollY, pages: Math.min(pages, MOST_PAGES) };
  history.replaceState(place, "");
}

/** A view begins: from its top, or where one was when it is gone back to. */
export function beginPlace(isReturn: boolean): void {
  pages = 0;
  wanted = isReturn ? (history.state as Place | null) : null;
}

/** Another page of the view's list is there. Answers whether the next one is wanted at once. */
export function pageShown(isFirst: boolean, hasMore: boolean): boolean {
  pages = isFirst ? 1 : pages + 1;
  if (wanted === null) return false;
  if (hasMore && pages < wanted.pages) return true;
  scrollTo(0, wanted.scrollY);
  wanted = null;
  return false;
}
