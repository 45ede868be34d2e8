// Starts the client: who is signed in, what the server allows, then the first view.

import "./styles/base.css";
import "./styles/shell.css";
import "./styles/forms.css";
import "./styles/posts.css";
import "./styles/media.css";
import "./styles/uploads.css";

import { Problem } from "./api/problem";
import { loadInstance } from "./instance";
import { navigate, show, startRouter, type View } from "./router";
import { me, restoreSession } from "./session";
import { startUploads } from "./uploads/list";
import { homeView } from "./views/home";
import { message } from "./views/message";
import { notFoundView, postView } from "./views/post-page";
import { profileView } from "./views/profile";
import { shell } from "./views/shell";
import { signInView } from "./views/sign-in";
import { signUpView } from "./views/sign-up";

const ROUTES: [RegExp, View][] = [
  [/^\/$/, homeView],
  [/^\/sign-in$/, signInView],
  [/^\/sign-up$/, signUpView],
  [/^\/u\/([^/]+)$/, profileView],
  [/^\/p\/([^/]+)$/, postView],
];

const ONLY_SIGNED_OUT = ["/sign-in", "/sign-up"];

async function start(): Promise<void> {
  const [{ name }] = await Promise.all([loadInstance(), restoreSession()]);
  const forever = new AbortController().signal;
  startUploads();
  const { header, main } = shell(name, forever);
  document.body.append(...header, main);
  if (isOutOfPlace()) history.replaceState(null, "", "/");
  startRouter({ routes: ROUTES, notFound: notFoundView, main, siteName: name });
  let known = me.get();
  me.watch((user) => {
    if (user === known) return;
    known = user;
    if (isOutOfPlace()) navigate("/");
    else show();
  }, forever);
}

function isOutOfPlace(): boolean {
  return me.get() !== null && ONLY_SIGNED_OUT.includes(location.pathname);
}

start().catch((error: unknown) => {
  const again = { label: "Try again", run: () => location.reload() };
  document.body.replaceChildren(message(Problem.from(error).message, again));
});
