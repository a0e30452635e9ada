import { createSpace } from "../../space/create-space.ts";
import { encodeValue } from "../../values/encode.ts";
import type { AnyExperiment } from "../define-experiment.ts";
import type { DescribedExperiment } from "../protocol.ts";

/** An experiment as data: all that a coordinator needs, and none of its code. */
export function describeExperiment(experiment: AnyExperiment): DescribedExperiment {
  const { name, space, objective, algorithm, maxTrials, seed } = experiment;
  const { definition } = createSpace(space);
  return { name, space: encodeValue(definition, "space"), objective, algorithm, maxTrials, seed };
}
