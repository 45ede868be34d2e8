// One's own account: where one is signed in, the password, and lists of people.

import { changePassword, endSession, listSessions } from "../api/people";
import { Problem } from "../api/problem";
import type { Session } from "../api/types";
import { h, replace, setText } from "../dom";
import { ago } from "../format";
import type { Page } from "../router";
import { confirmButton } from "./confirm-button";
import { field, form } from "./form";
import { pagedList } from "./paged-list";
import { section } from "./section";
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
  // A new password ends the other sessions, so the list is made anew.
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

function sessions(signal: AbortSignal): HTMLElement {
  const failure = h("p", { class: "form-error", role: "alert" });
  const onProblem = (text: string) => setText(failure, text);
  const others = new Map<string, HTMLElement>();
  const end = async (id: string) => {
    await endSession(id);
    const row = others.get(id);
    others.delete(id);
    endAll.hidden = others.size === 0;
    if (row !== undefined) list.remove(row);
  };
  const endAll = confirmButton({
    label: "Sign out everywhere else",
    really: "Really sign out everywhere else?",
    looks: "button",
    run: async () => {
      for (const id of [...others.keys()]) await end(id);
    },
    onProblem,
  });
  endAll.hidden = true;
  const list = pagedList<Session>(
    {
      label: "Sessions",
      empty: "",
      looks: "sessions",
      load: (cursor) => listSessions(cursor, signal),
      keyOf: ({ id }) => id,
      show: (session) => {
        const row = sessionRow(session, () => end(session.id), onProblem);
        if (!session.current) others.set(session.id, row);
        endAll.hidden = others.size === 0;
        return row;
      },
    },
    signal,
  );
  return h("div", { class: "stack" }, list.element, failure, endAll);
}

function sessionRow(
  session: Session,
  end: () => Promise<void>,
  onProblem: (text: string) => void,
): HTMLElement {
  const device = deviceOf(session.user_agent);
  const used = session.current ? "this browser" : `used ${ago(new Date(session.last_used_at))}`;
  const words = `${session.network} · ${used}`;
  return h(
    "article",
    { class: "session", "aria-label": device },
    h("div", { class: "post-by" }, h("strong", {}, device), h("span", { class: "hint" }, words)),
    !session.current &&
      confirmButton({ label: "Sign out", really: "Really?", run: end, onProblem, looks: "button" }),
  );
}

const BROWSERS = ["Edg", "OPR", "Firefox", "Chrome", "Safari"];
const SYSTEMS = ["Android", "iPhone", "iPad", "Windows", "Mac OS X", "Linux"];

/** "Chrome on Linux"; programs are shown as they call themselves. */
function deviceOf(agent: string): string {
  const browser = BROWSERS.find((name) => agent.includes(`${name}/`));
  const system = SYSTEMS.find((name) => agent.includes(name));
  if (browser === undefined || system === undefined) return agent.slice(0, 60) || "Unknown device";
  return `${browser.replace("Edg", "Edge").replace("OPR", "Opera")} on ${system}`;
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
    setText(said, "Changed. Everywhere else you are signed out.");
    onChanged();
  };
  const made = form({ fields, submit: "Change password", busy: "Changing it…", send });
  made.append(said);
  return made;
}

/** A wrong password is no fault of a field to the server, but it is to whoever typed it. */
function besideField(problem: Problem): Problem {
  if (problem.code !== "wrong_password") return problem;
  const fields = new Map([["current_password", problem.message]]);
  return new Problem(problem.status, problem.code, problem.message, fields);
}
