import { createUser } from "../api/people";
import { bounds } from "../api/schema";
import { h } from "../dom";
import type { Page } from "../router";
import { signIn } from "../session";
import { lineField } from "./composer-fields";
import { field, form } from "./form";
import { pictureField } from "./picture-field";

const limits = bounds.NewUser;

/** The server's rules for passwords. */
export const PASSWORD_RULES =
  `${limits.password.minLength} characters or more, not only digits, no well-known password, and not like your name or e-mail: a few words that have nothing to do with each other are good`;

export function signUpView(): Page {
  const fields = {
    username: field(
      "Username",
      h("input", {
        name: "username",
        autocomplete: "username",
        autocapitalize: "none",
        maxlength: limits.username.maxLength,
        "data-autofocus": true,
      }),
      `Up to ${limits.username.maxLength} letters A–Z, digits and _ . + -; the first a letter, digit or _, the last not a dot`,
    ),
    email: field("E-mail", h("input", { name: "email", type: "email", autocomplete: "email" })),
    first_name: nameField("First name", "first_name", "given-name"),
    last_name: nameField("Last name", "last_name", "family-name"),
    password: field(
      "Password",
      h("input", { name: "password", type: "password", autocomplete: "new-password" }),
      PASSWORD_RULES,
    ),
    picture: pictureField("Picture (optional)", "avatar avatar-large"),
  };
  const send = async () => {
    const { username, email, first_name, last_name, password, picture } = fields;
    const account = {
      username: username.control.value.trim(),
      email: email.control.value.trim(),
      first_name: first_name.control.value.trim(),
      last_name: last_name.control.value.trim(),
      password: password.control.value,
    };
    await createUser(account, picture.file());
    await signIn(account.username, account.password);
  };
  const body = h(
    "section",
    { class: "card narrow" },
    h("h2", { class: "card-title" }, "Create an account"),
    form({ fields, submit: "Sign up", busy: "Signing up…", send }),
    h("p", { class: "aside" }, "Already have an account? ", h("a", { href: `/sign-in${location.search}` }, "Sign in")),
  );
  return { title: "Sign up", body };
}

function nameField(label: string, name: "first_name" | "last_name", autocomplete: string) {
  return lineField(label, h("input", { name, autocomplete }), limits[name].maxLength);
}
