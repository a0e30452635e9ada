import { Socket } from "node:net";

/*
 * The entry of the thread that ends a worker process when its parent is gone: only then is descriptor 5
 * closed at the other end. It ends the whole group that the process leads.
 */
new Socket({ fd: 5, readable: true, writable: false }).on("error", end).on("close", end).resume();

function end(): void {
  process.kill(-process.pid, "SIGKILL");
}
