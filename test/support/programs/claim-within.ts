// Renews the broken trials of an experiment and runs what is open, both under a limit, together with other
// processes, until the limit is reached and nothing is held: claim-within FILE NAME LIMIT SEED
import { openStorage } from "../../../src/storage/open-storage.ts";
import { processIdentity } from "../../../src/util/boot.ts";
import { createRandom } from "../../../src/util/random.ts";

const [file = "", name = "", limit = "1", seed = "0"] = process.argv.slice(2);
const maxTrials = Number(limit);
const random = createRandom(seed);
await using storage = await openStorage(file);
const experiment = await storage.getExperiment(name);
const ids = await storage.getTrialIds(experiment);
const holder = processIdentity();
console.log("ready");
await new Promise((resolve) => process.stdin.once("data", resolve));
process.stdin.destroy();

async function renew(): Promise<void> {
  const broken = await storage.getBrokenTrials(experiment);
  await storage.renewBroken(experiment, random.shuffle(broken), { maxTrials });
}

await renew();
for (;;) {
  const claims =
    random.next() < 0.5
      ? await storage.claimTrials(experiment, holder, random.integer(1, 4), { maxTrials })
      : await storage.claimTrialsById(random.shuffle(ids), holder, { maxTrials });
  for (const claim of claims) {
    const share = random.next();
    if (share < 0.5) await storage.releaseTrial(claim, "new");
    else if (share < 0.7) await storage.releaseTrial(claim, "broken");
    else await storage.completeTrial(claim.id, { loss: 1 });
  }
  if (random.next() < 0.3) await renew();
  const { completed, reserved } = await storage.countByStatus(experiment);
  if (reserved === 0 && completed >= maxTrials) break;
}
