// A list of users with an action for each.

import type { Page, User } from "../api/types";
import { h, setText } from "../dom";
import { followButton } from "./follow-button";
import { pagedList } from "./paged-list";
import { personRow } from "./person-row";

interface Setup {
  label: string;
  empty: string;
  load: (cursor: string | null) => Promise<Page<User>>;
  absence?: () => string;
  /** Replaces the follow button; `onGone` removes the user from the list. */
  actions?: (user: User, onGone: () => void, onProblem: (text: string) => void) => HTMLElement[];
}

export function peopleList(setup: Setup, signal: AbortSignal): HTMLElement {
  const failure = h("p", { class: "form-error", role: "alert" });
  const onProblem = (text: string) => setText(failure, text);
  const list = pagedList<User>(
    {
      ...setup,
      looks: "people",
      keepsPlace: true,
      keyOf: ({ id }) => id,
      show: (user) => {
        const onGone = () => list.remove(row);
        const actions = setup.actions?.(user, onGone, onProblem) ?? [
          followButton(user, { onProblem }),
        ];
        const row = personRow(user, ...actions);
        return row;
      },
    },
    signal,
  );
  return h("div", { class: "stack" }, failure, list.element);
}
