import { LOGIN, PASSWORD } from "../api/words";
import { h } from "../dom";
import type { Page } from "../router";
import { signIn } from "../session";
import { field, form } from "./form";

export function signInView(): Page {
  const login = field(
    LOGIN,
    h("input", {
      name: "login",
      autocomplete: "username",
      autocapitalize: "none",
      "data-autofocus": true,
    }),
  );
  const password = field(
    PASSWORD,
    h("input", { name: "password", type: "password", autocomplete: "current-password" }),
  );
  const body = h(
    "section",
    { class: "card narrow" },
    h("h2", { class: "card-title" }, "Sign in"),
    form({
      fields: { login, password },
      submit: "Sign in",
      busy: "Signing in…",
      send: () => signIn(login.control.value.trim(), password.control.value),
    }),
    h("p", { class: "aside" }, "New here? ", h("a", { href: `/sign-up${location.search}` }, "Create an account")),
  );
  return { title: "Sign in", body };
}
