import { choice, defineExperiment, logspace } from "assay";
import { featureCount, loadPenguins, species } from "./data.ts";
import { createNetwork, evaluate, trainEpoch, type Network, type Shape } from "./network.ts";
import { createRandom } from "./random.ts";

/** What a snapshot holds: all that an interrupted trial needs to go on as if nothing had happened. */
interface TrainingState {
  readonly epoch: number;
  readonly network: Network;
}

export default defineExperiment({
  name: "penguins",
  space: {
    hidden: choice([4, 8, 16]),
    learningRate: logspace(1e-3, 1e-1, 3),
    seed: choice([1, 2, 3, 4]),
    epochs: 40,
  },
  objective: { maximize: "accuracy" },
  setup: () => loadPenguins(),
  run: async (params, trial) => {
    const { training, validation } = trial.store;
    const shape: Shape = {
      inputs: featureCount,
      hidden: params.hidden,
      classes: species.length,
    };

    const snapshot = await trial.latestSnapshot<TrainingState>();
    const network = snapshot?.state.network ?? createNetwork(shape, createRandom(params.seed));

    for (let epoch = snapshot?.state.epoch ?? 0; epoch < params.epochs; epoch++) {
      // A generator for each epoch, so that a resumed trial draws what it would have drawn.
      const random = createRandom(params.seed, epoch + 1);
      trainEpoch(network, shape, training, { learningRate: params.learningRate, random });
      const { loss, accuracy } = evaluate(network, shape, validation);
      trial.report({ loss, accuracy }, epoch);

      if ((epoch + 1) % 10 === 0) {
        const state: TrainingState = { epoch: epoch + 1, network };
        await trial.saveSnapshot(state, `epoch ${epoch + 1}`);
      }
    }
    const { loss, accuracy } = evaluate(network, shape, validation);
    return { accuracy, loss };
  },
});
