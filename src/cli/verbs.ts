import type { AnyVerb } from "./verb.ts";

/** A verb of the command line. Its module is loaded when it is used. */
export interface VerbEntry {
  /** Its arguments: <needed>, [optional], [several...]. */
  readonly args: string;
  readonly says: string;
  /** For a verb that takes a command behind `--`: its arguments then, and what it does. */
  readonly command?: { readonly args: string; readonly says: string };
  readonly load: () => Promise<{ readonly verb: AnyVerb }>;
}

/** Verbs that are written behind one word: `assay db verify`. */
export interface VerbGroup {
  readonly says: string;
  readonly verbs: Readonly<Record<string, VerbEntry>>;
  /** Command lines that work, and what each does. */
  readonly examples: readonly (readonly [command: string, says: string])[];
}

/** The ways to use a verb, as help shows them: `FILE [name=value …]`, and what each does. */
export function usagesOf({
  args,
  says,
  command,
}: VerbEntry): readonly (readonly [string, string])[] {
  const own = [args.replaceAll(/[<>]/g, "").replaceAll("...]", " …]"), says] as const;
  return command === undefined ? [own] : [own, [command.args, command.says]];
}

/** Every verb and every group of verbs, in the order in which help lists them. */
export const verbs: Readonly<Record<string, VerbEntry | VerbGroup>> = {
  init: {
    args: "[FILE]",
    says: "write an experiment file that runs",
    load: () => import("./verbs/init.ts"),
  },
  run: {
    args: "<FILE> [name=value...]",
    says: "run the experiment of a file: the trials that are not completed yet",
    command: {
      args: "--name NAME [name=value …] -- COMMAND …",
      says: "run a command, in any language, as the trials of an experiment",
    },
    load: () => {
      // While the thread starts, the rest is loaded here.
      void import("../execution/transport/spare-thread.ts").then(({ startSpareThread }) => {
        startSpareThread();
      });
      return import("./verbs/run.ts");
    },
  },
  list: {
    args: "",
    says: "list the experiments",
    load: () => import("./verbs/list.ts"),
  },
  status: {
    args: "[EXPERIMENT]",
    says: "show how far experiments are",
    load: () => import("./verbs/status.ts"),
  },
  show: {
    args: "<EXPERIMENT>",
    says: "show how an experiment is defined",
    load: () => import("./verbs/show.ts"),
  },
  trials: {
    args: "<EXPERIMENT>",
    says: "list, filter, sort and export trials",
    load: () => import("./verbs/trials.ts"),
  },
  trial: {
    args: "<TRIAL>",
    says: "show all of one trial",
    load: () => import("./verbs/trial.ts"),
  },
  best: {
    args: "<EXPERIMENT>",
    says: "show the best trial",
    load: () => import("./verbs/best.ts"),
  },
  insert: {
    args: "<EXPERIMENT> [name=value...]",
    says: "add a trial by hand",
    load: () => import("./verbs/insert.ts"),
  },
  logs: {
    args: "<TRIAL>",
    says: "print what a trial wrote to its standard output and error",
    load: () => import("./verbs/logs.ts"),
  },
  artifacts: {
    args: "<TRIAL> [NAME]",
    says: "list the artifacts of a trial, or write the content of one",
    load: () => import("./verbs/artifacts.ts"),
  },
  snapshots: {
    args: "<TRIAL>",
    says: "list the saved states of a trial",
    load: () => import("./verbs/snapshots.ts"),
  },
  metrics: {
    args: "<EXPERIMENT>",
    says: "list what trials reported as they ran",
    load: () => import("./verbs/metrics.ts"),
  },
  db: {
    says: "look after the database",
    verbs: {
      setup: {
        args: "",
        says: "choose where experiments are kept, and write it into a file of settings",
        load: () => import("./verbs/db/setup.ts"),
      },
      test: {
        args: "",
        says: "try the database, stage by stage",
        load: () => import("./verbs/db/test.ts"),
      },
      rm: {
        args: "[EXPERIMENT]",
        says: "delete an experiment, a version of it, trials in some states, or what a transfer left",
        load: () => import("./verbs/db/rm.ts"),
      },
      set: {
        args: "<EXPERIMENT> [TRIALS] [name=value...]",
        says: "change the status of trials",
        load: () => import("./verbs/db/set.ts"),
      },
      release: {
        args: "<EXPERIMENT>",
        says: "take the lock of an experiment's algorithm from who has it",
        load: () => import("./verbs/db/release.ts"),
      },
      stats: {
        args: "",
        says: "count what the database holds",
        load: () => import("./verbs/db/stats.ts"),
      },
      upgrade: {
        args: "",
        says: "bring an older database up to this Assay's schema",
        load: () => import("./verbs/db/upgrade.ts"),
      },
      verify: {
        args: "[EXPERIMENT]",
        says: "check that nothing stored is lost, damaged or contradictory",
        load: () => import("./verbs/db/verify.ts"),
      },
      export: {
        args: "<FILE> [EXPERIMENT...]",
        says: "write experiments and all that belongs to them to a file",
        load: () => import("./verbs/db/export.ts"),
      },
      import: {
        args: "<FILE> [EXPERIMENT...]",
        says: "bring in the experiments of a file",
        load: () => import("./verbs/db/import.ts"),
      },
      merge: {
        args: "<PRIMARY> <SECONDARY>",
        says: "bring into one storage what another one has more of the same experiments",
        load: () => import("./verbs/db/merge.ts"),
      },
      copy: {
        args: "<FROM> <TO> [EXPERIMENT...]",
        says: "copy experiments from one storage to another, of any kind",
        load: () => import("./verbs/db/copy.ts"),
      },
    },
    examples: [
      ["assay db setup", "choose where experiments are kept"],
      ["assay db test", "whether that works"],
      ["assay db verify", "whether all is well"],
    ],
  },
};
