// A button that asks for confirmation, by a change of its label, before an irreversible action.

import { Problem } from "../api/problem";
import { h, setText } from "../dom";

interface Setup {
  label: string;
  really: string;
  run: () => Promise<void>;
  onProblem: (text: string) => void;
  /** `button quiet` by default. */
  looks?: string;
  /** Whether it has to ask; always by default. */
  isNeeded?: () => boolean;
}

export function confirmButton({ label, really, run, onProblem, looks, isNeeded }: Setup) {
  const button = h("button", { type: "button", class: looks ?? "button quiet" }, label);
  let isArmed = false;
  let isBusy = false;
  const disarm = () => {
    isArmed = false;
    setText(button, label);
  };
  button.addEventListener("blur", disarm);
  button.addEventListener("click", async () => {
    if (!isArmed && isNeeded?.() !== false) {
      isArmed = true;
      setText(button, really);
      return;
    }
    // It is not disabled during the action, which would lose the focus.
    if (isBusy) return;
    isBusy = true;
    try {
      await run();
    } catch (error) {
      onProblem(Problem.from(error).message);
    } finally {
      isBusy = false;
      disarm();
    }
  });
  return button;
}
