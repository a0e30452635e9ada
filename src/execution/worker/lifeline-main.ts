import { Socket } from "node:net";
import { endGroup } from "./end-group.ts";

/*
 * The entry of the thread that ends a worker process when its parent is gone: only then is descriptor 5
 * closed at the other end.
 */
new Socket({ fd: 5, readable: true, writable: false })
  .on("error", endGroup)
  .on("close", endGroup)
  .resume();
