// A button that asks once more by its own label before it does what cannot be undone.

import { Problem } from "../api/problem";
import { h, setText } from "../dom";

interface Setup {
  label: string;
  really: string;
  run: () => Promise<void>;
  onProblem: (text: string) => void;
  /** `button quiet` if nothing else is said. */
  looks?: string;
  /** Told when it asks. */
  onAsk?: () => void;
}

export function confirmButton({ label, really, run, onProblem, looks, onAsk }: Setup) {
  const button = h("button", { type: "button", class: looks ?? "button quiet" }, label);
  let isArmed = false;
  let isBusy = false;
  const disarm = () => {
    isArmed = false;
    setText(button, label);
  };
  button.addEventListener("blur", disarm);
  button.addEventListener("click", async () => {
    if (!isArmed) {
      isArmed = true;
      setText(button, really);
      onAsk?.();
      return;
    }
    // It is not disabled meanwhile, which would lose the focus.
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
