// Records a run of an experiment, claims and starts its next trial, prints the claim and its identity, and
// waits to be killed: hold-trial FILE NAME
import { openStorage } from "../../../src/storage/open-storage.ts";
import { processIdentity } from "../../../src/util/boot.ts";

const [file = "", name = ""] = process.argv.slice(2);
const storage = await openStorage(file);
const identity = processIdentity();
await storage.startRun(name, { command: [], environment: {}, holder: identity });
const claim = await storage.reserveTrial(name, { holder: `${identity} worker` });
console.log(JSON.stringify({ identity, claim }));
setInterval(() => undefined, 1000);
