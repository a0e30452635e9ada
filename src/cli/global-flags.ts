import type { OptionDocs } from "./option-docs.ts";
import { readText } from "./option-readers.ts";

/** The options that every verb takes. */
export interface GlobalFlags {
  readonly storage?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly yes?: boolean;
}

export const globalOptions: OptionDocs<GlobalFlags> = {
  storage: {
    flag: "--storage URL",
    says: "where experiments are kept: sqlite:PATH, memory:, postgres://…, redis://…, mongodb://…, or a path (default: ASSAY_STORAGE, assay.config.json, sqlite:assay.db)",
    read: readText,
  },
  json: { flag: "--json", says: "print JSON" },
  quiet: { flag: "--quiet", says: "say nothing but data and errors" },
  verbose: {
    flag: "--verbose",
    says: "show where an error comes from; of run, also what trials write",
  },
  yes: { flag: "--yes", says: "answer every question with yes" },
};
