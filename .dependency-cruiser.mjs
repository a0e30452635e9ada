/**
 * The import rule of the architecture. `scripts/check-layers.mjs` runs it and proves for every rule
 * below that a planted breach is caught, so a new rule needs its plant there.
 */

/** The folders of src, lowest line first: a folder imports only from lines below its own. */
export const lines = [
  ["errors", "util", "values", "expression", "model"],
  ["space"],
  ["database"],
  ["storage"],
  ["provenance", "algorithms"],
  ["client", "execution", "analysis"],
  ["cli"],
];

const tests = "[.]test[.]ts$";
const drivers = "^src/database/drivers/";

const folders = lines.flat();

/** One rule a folder, so that a breach is reported under the name of the folder that commits it. */
const layerRules = lines.flatMap((line, height) =>
  line.map((folder) => {
    const below = lines.slice(0, height).flat();
    const allowed = height === 0 ? line : [folder, ...below];
    return {
      name: `layer-${folder}`,
      comment: `src/${folder} imports only from ${allowed.join(", ")}`,
      severity: "error",
      from: { path: `^src/${folder}/`, pathNot: tests },
      to: { path: "^src/[^/]+/", pathNot: `^src/(${[...allowed, "testing"].join("|")})/` },
    };
  }),
);

const forbidden = [
  ...layerRules,
  {
    name: "known-folder",
    comment: "A new folder of src needs its line in .dependency-cruiser.mjs",
    severity: "error",
    from: { path: "^src/[^/]+/", pathNot: `^src/(${[...folders, "testing"].join("|")})/` },
    to: {},
  },
  {
    name: "no-cycle",
    comment: "Modules do not import each other in a circle, not even for types",
    severity: "error",
    from: {},
    to: { circular: true },
  },
  {
    name: "no-cli",
    comment: "Only src/cli knows the command line",
    severity: "error",
    from: { path: "^src/(testing/|[^/]+$)" },
    to: { path: "^src/cli/" },
  },
  {
    name: "no-testing",
    comment: "The contract suites are for tests; the product does not import them",
    severity: "error",
    from: { path: "^src/", pathNot: ["^src/testing/", tests] },
    to: { path: "^src/testing/" },
  },
  {
    name: "no-entry",
    comment: "src/index.ts is for users; inside, files are imported directly",
    severity: "error",
    from: { path: "^src/", pathNot: tests },
    to: { path: "^src/index[.]ts$" },
  },
  {
    name: "driver-static",
    comment: "Drivers are loaded lazily",
    severity: "error",
    from: { path: "^src/", pathNot: [drivers, "^src/testing/", tests] },
    to: { path: drivers, dynamic: false },
  },
  {
    name: "driver-dynamic",
    comment: "Only src/storage opens drivers",
    severity: "error",
    from: { path: "^src/", pathNot: [drivers, "^src/storage/", "^src/testing/", tests] },
    to: { path: drivers, dynamic: true },
  },
  {
    name: "driver-apart",
    comment: "A driver built on another loads it lazily too",
    severity: "error",
    from: { path: `${drivers}([^/]+)/`, pathNot: tests },
    to: { path: drivers, pathNot: `${drivers}$1/`, dynamic: false },
  },
  {
    name: "no-dist",
    comment: "Source does not import what is built from it",
    severity: "error",
    from: { path: "^src/" },
    to: { path: "(^|/)dist/", pathNot: "node_modules" },
  },
  {
    name: "resolvable",
    comment: "Every import leads somewhere",
    severity: "error",
    from: {},
    to: { couldNotResolve: true },
  },
];

export default {
  forbidden,
  options: {
    doNotFollow: { path: ["node_modules", "^dist/"] },
    // Imports of types count: they couple folders as much as imports of values do.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      mainFields: ["module", "main", "types"],
    },
  },
};
