// The account settings: sessions, password, and lists of users.

import { changePassword } from "../api/people";
import { Problem } from "../api/problem";
import { h, replace, setText } from "../dom";
import type { Page } from "../router";
import { field, form } from "./form";
import { section } from "./section";
import { sessions } from "./sessions";
import { PASSWORD_RULES } from "./sign-up";

export function settingsView(_params: string[], signal: AbortSignal): Page {
  const link = (href: string, label: string) => h("li", {}, h("a", { href }, label));
  const links = h(
    "ul",
    { class: "settings-links" },
    link("/settings/profile", "Edit profile"),
    link("/follow-requests", "Follow requests"),
    link("/blocks", "Blocked people"),
    link("/mutes", "Muted people"),
  );
  // A new password ends the other sessions, so the list is built again.
  const place = h("div", {});
  const showSessions = () => replace(place, sessions(signal));
  showSessions();
  const body = h(
    "div",
    { class: "stack" },
    section("Settings", links),
    section("Where you are signed in", place),
    section("Password", passwordForm(showSessions)),
  );
  return { title: "Settings", body };
}

function passwordForm(onChanged: () => void): HTMLElement {
  const input = (name: string, autocomplete: string) =>
    h("input", { name, type: "password", autocomplete });
  const fields = {
    current_password: field("Current password", input("current_password", "current-password")),
    new_password: field("New password", input("new_password", "new-password"), PASSWORD_RULES),
  };
  const said = h("p", { class: "hint", role: "status" });
  const send = async () => {
    setText(said, "");
    const { current_password, new_password } = fields;
    const current = current_password.control.value;
    try {
      await changePassword({ current_password: current, new_password: new_password.control.value });
    } catch (error) {
      throw besideField(Problem.from(error));
    }
    current_password.control.value = "";
    new_password.control.value = "";
    setText(said, "Password changed. You are signed out everywhere else.");
    onChanged();
  };
  const made = form({ fields, submit: "Change password", busy: "Changing…", send });
  made.append(said);
  return made;
}

/** The server reports a wrong password without a field; show it at the password field. */
function besideField(problem: Problem): Problem {
  if (problem.code !== "wrong_password") return problem;
  const fields = new Map([["current_password", problem.message]]);
  return new Problem(problem.status, problem.code, problem.message, fields);
}
