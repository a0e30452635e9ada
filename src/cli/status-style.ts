import type { TrialStatus } from "../model/status.ts";
import type { StyleName } from "./style.ts";

const styles: Readonly<Partial<Record<TrialStatus, StyleName>>> = {
  new: "dim",
  reserved: "busy",
  suspended: "busy",
  completed: "good",
  interrupted: "busy",
  broken: "bad",
};

/** How a trial's status is shown. */
export function styleOfStatus(status: TrialStatus): StyleName | undefined {
  return styles[status];
}
