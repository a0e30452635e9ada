import type { AlgorithmSetting } from "../model/experiment.ts";
import type { Objective } from "../model/objective.ts";
import type { Space } from "../space/space.ts";

/** What a new experiment is made of. */
export interface ExperimentSpec {
  readonly name: string;
  /** 1 unless told. */
  readonly version?: number;
  readonly space: Space;
  readonly objectives?: readonly Objective[];
  readonly algorithm?: AlgorithmSetting;
  /** An integer from 0 to 2^53 − 1; random when left out. */
  readonly seed?: number;
  readonly maxTrials?: number;
  readonly code?: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}
