// The page that a visitor came from, in the address of the sign-in and sign-up forms: they return
// to it.

export function signInAddress(): string {
  return `/sign-in${fromHere()}`;
}

export function signUpAddress(): string {
  return `/sign-up${fromHere()}`;
}

/** Where to go after signing in: a page of this site. */
export function nextAddress(): string {
  const next = new URLSearchParams(location.search).get("next") ?? "/";
  const url = URL.canParse(next, location.origin) ? new URL(next, location.origin) : null;
  return url?.origin === location.origin ? url.pathname + url.search : "/";
}

function fromHere(): string {
  const here = new URLSearchParams({ next: location.pathname + location.search });
  return location.pathname === "/" ? "" : `?${here}`;
}
