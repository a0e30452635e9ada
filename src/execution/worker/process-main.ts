import { Socket } from "node:net";
import type { ToWorker } from "../protocol.ts";
import { FrameReader, FrameWriter } from "../transport/frames.ts";
import { endGroup } from "./end-group.ts";
import { isHandledByCode } from "./left-errors.ts";
import { endWithParent, writeAll } from "./parent-process.ts";
import { toTrialError } from "./trial-error.ts";
import { WorkerSession } from "./worker-session.ts";

/*
 * The entry of a worker process that runs trials on its main thread. A message is written when it is sent,
 * so that what was said before the process ended, however it did, is heard.
 */
endWithParent();
process.setSourceMapsEnabled(true);
const writer = new FrameWriter();
const send = (message: object): void => writeAll(writer.encode(message));
const session = new WorkerSession(send, async (build) => await build());
const frames = new FrameReader((message) => session.receive(message as ToWorker));
new Socket({ fd: 3, readable: true, writable: false })
  .on("data", (bytes) => frames.push(bytes))
  .on("close", endGroup);

process.on("uncaughtExceptionMonitor", (error) => {
  // The process goes on; what ends it later has another reason.
  if (session.isInLeftCode || isHandledByCode()) return;
  const { message, stack } = toTrialError(error);
  const crash = { cause: "error", message: `Nothing caught: ${message}` };
  send({ type: "crashed", error: stack === undefined ? crash : { ...crash, stack } });
});
