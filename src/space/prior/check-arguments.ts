import { didYouMean } from "../../util/nearest.ts";
import { invalidSpace } from "../invalid-space.ts";
import { type Call } from "./call.ts";

/** Complains about a named argument that the call's function does not have. */
export function checkArguments(call: Call, accepted: readonly string[], name: string): void {
  for (const argument of call.keywords.keys()) {
    if (accepted.includes(argument)) continue;
    const nearest = didYouMean(argument, accepted);
    throw invalidSpace(
      name,
      `${call.function} has no argument "${argument}"${nearest} (${accepted.join(", ")})`,
    );
  }
}
