// Restores the place in a list when the user goes back to it. The history state stores the number
// of loaded pages and the scroll position.

interface Place {
  scrollY: number;
  pages: number;
}

/** A user who scrolled further than this returns to a slightly higher place. */
const MOST_PAGES = 10;

let pages = 0;
let wanted: Place | null = null;

/** Call before leaving a URL. */
export function keepPlace(): void {
  const place: Place = { scrollY, pages: Math.min(pages, MOST_PAGES) };
  history.replaceState(place, "");
}

/** Call when a view starts: scrolls to the top, or to the old place when the user goes back. */
export function beginPlace(isReturn: boolean): void {
  pages = 0;
  wanted = isReturn ? (history.state as Place | null) : null;
}

/**
 * Call after a page of the view's list has loaded. Returns whether to load the next one at once.
 */
export function pageShown(isFirst: boolean, hasMore: boolean): boolean {
  pages = isFirst ? 1 : pages + 1;
  if (wanted === null) return false;
  if (hasMore && pages < wanted.pages) return true;
  scrollTo(0, wanted.scrollY);
  wanted = null;
  return false;
}
