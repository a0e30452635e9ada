import type { Collection } from "mongodb";
import type { Stored } from "./layout.ts";

/** A collection of the server, as the client has it. */
export type ServerCollection = Collection<Stored>;
