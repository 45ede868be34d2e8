// Starts the client: shows the frame, restores the session, shows the first view.

import "./styles/base.css";
import "./styles/shell.css";
import "./styles/forms.css";
import "./styles/posts.css";
import "./styles/comments.css";
import "./styles/media.css";
import "./styles/people.css";
import "./styles/uploads.css";

import { Problem } from "./api/problem";
import { replace } from "./dom";
import { nextAddress } from "./next";
import { navigate, show, startRouter, type View } from "./router";
import { me, restoreSession } from "./session";
import { startUploads } from "./uploads/list";
import { everyoneView, homeView } from "./views/home";
import { message } from "./views/message";
import { followListView, likesView, markedView, requestsView } from "./views/people-pages";
import { notFoundView, postView } from "./views/post-page";
import { profileView } from "./views/profile";
import { profileEditView } from "./views/profile-edit";
import { searchView } from "./views/search";
import { settingsView } from "./views/settings";
import { shell } from "./views/shell";
import { signInView } from "./views/sign-in";
import { signUpView } from "./views/sign-up";

const SITE = "Pawl";

const ROUTES: [RegExp, View][] = [
  [/^\/$/, homeView],
  [/^\/everyone$/, everyoneView],
  [/^\/sign-in$/, signInView],
  [/^\/sign-up$/, signUpView],
  [/^\/u\/([^/]+)$/, profileView],
  [/^\/u\/([^/]+)\/(followers|following)$/, signedIn(followListView)],
  [/^\/p\/([^/]+)$/, postView],
  [/^\/p\/([^/]+)\/likes$/, signedIn(likesView)],
  [/^\/search$/, searchView],
  [/^\/follow-requests$/, signedIn(requestsView)],
  [/^\/(blocks|mutes)$/, signedIn(markedView)],
  [/^\/settings$/, signedIn(settingsView)],
  [/^\/settings\/profile$/, signedIn(profileEditView)],
];

const ONLY_SIGNED_OUT = ["/sign-in", "/sign-up"];

/** Views for signed-in users ask visitors to sign in, and then appear at the same URL. */
function signedIn(view: View): View {
  return (...given) => (me.get() === null ? signInView() : view(...given));
}

/** Shows the frame before anything is known, so that the first paint waits for no answer. */
function start(): void {
  const forever = new AbortController().signal;
  const { before, main } = shell(SITE, forever);
  document.body.append(...before, main);
  const again = { label: "Try again", run: () => location.reload() };
  restoreSession().then(
    () => begin(main, forever),
    (error: unknown) => replace(main, message(Problem.from(error).message, again)),
  );
}

function begin(main: HTMLElement, forever: AbortSignal): void {
  startUploads();
  if (isOutOfPlace()) history.replaceState(null, "", nextAddress());
  startRouter({ routes: ROUTES, notFound: notFoundView, main, siteName: SITE });
  let known = me.get()?.id;
  me.watch((user) => {
    // A user who changes their name or picture stays on the current view.
    if (user?.id === known) return;
    known = user?.id;
    if (isOutOfPlace()) navigate(nextAddress());
    else show();
  }, forever);
}

function isOutOfPlace(): boolean {
  return me.get() !== null && ONLY_SIGNED_OUT.includes(location.pathname);
}

start();
