// The user's sessions and the buttons that end them.

import { endSession, listSessions } from "../api/people";
import { Problem } from "../api/problem";
import type { Page as Items, Session } from "../api/types";
import { h, replace, setText } from "../dom";
import { ago } from "../format";
import { confirmButton } from "./confirm-button";
import { pagedList } from "./paged-list";

export function sessions(signal: AbortSignal): HTMLElement {
  const failure = h("p", { class: "form-error", role: "alert" });
  const said = h("p", { class: "hint", role: "status" });
  const onProblem = (text: string) => setText(failure, text);
  const place = h("div", {});
  const endAll = confirmButton({
    label: "Sign out everywhere else",
    really: "Really sign out everywhere else?",
    looks: "button",
    run: async () => {
      setText(failure, "");
      try {
        setText(said, await endOthers());
      } finally {
        // Some sessions may have ended before one failed to end.
        const list = showList();
        if (endAll.hidden) list.focus();
      }
    },
    onProblem,
  });
  const showList = () => {
    const list = sessionList(endAll, onProblem, signal);
    replace(place, list);
    return list;
  };
  showList();
  return h("div", { class: "stack" }, place, failure, said, endAll);
}

/** `endAll` exists while there is a session besides the current one. */
function sessionList(
  endAll: HTMLElement,
  onProblem: (text: string) => void,
  signal: AbortSignal,
): HTMLElement {
  const others = new Map<string, HTMLElement>();
  let isWhole = true;
  const look = () => {
    endAll.hidden = isWhole && others.size === 0;
  };
  const end = async (id: string) => {
    await endSession(id);
    const row = others.get(id);
    others.delete(id);
    look();
    if (row !== undefined) list.remove(row);
  };
  const load = async (cursor: string | null) => {
    const page = await listSessions(cursor, signal);
    isWhole = page.next_cursor === null;
    look();
    return page;
  };
  const show = (session: Session) => {
    const row = sessionRow(session, () => end(session.id), onProblem);
    if (!session.current) others.set(session.id, row);
    look();
    return row;
  };
  look();
  const keyOf = ({ id }: Session) => id;
  const list = pagedList<Session>(
    { label: "Sessions", empty: "", looks: "sessions", load, keyOf, show },
    signal,
  );
  return list.element;
}

/**
 * Ends all other sessions, even those not loaded and if the user leaves the page; returns a
 * summary.
 */
async function endOthers(): Promise<string> {
  const ids = await listOthers();
  const places = (count: number) => `${count} other ${count === 1 ? "session" : "sessions"}`;
  let ended = 0;
  for (const id of ids) {
    try {
      await endSession(id);
    } catch (error) {
      const problem = Problem.from(error);
      // It was ended from somewhere else meanwhile.
      if (problem.status !== 404) {
        const done = `Signed out of ${ended} of ${places(ids.length)}.`;
        throw new Problem(problem.status, problem.code, `${done} ${problem.message}`);
      }
    }
    ended += 1;
  }
  return ended === 0 ? "You are not signed in anywhere else." : `Signed out of ${places(ended)}.`;
}

/** Loads all pages before it ends any session. */
async function listOthers(): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Items<Session> = await listSessions(cursor, undefined);
    for (const { id, current } of page.items) if (!current) ids.push(id);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return ids;
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

/** "Chrome on Linux"; other programs by their own name. */
function deviceOf(agent: string): string {
  const browser = BROWSERS.find((name) => agent.includes(`${name}/`));
  const system = SYSTEMS.find((name) => agent.includes(name));
  if (browser === undefined || system === undefined) return agent.slice(0, 60) || "Unknown device";
  return `${browser.replace("Edg", "Edge").replace("OPR", "Opera")} on ${system}`;
}
