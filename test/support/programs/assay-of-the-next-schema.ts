// The command line of an Assay whose schema is one further than this one's: it counts the experiments.
import { runCommandLine } from "../../../src/cli/run-command-line.ts";
import { migrations, type Migration } from "../../../src/storage/migrate.ts";
import { schemaVersion } from "../../../src/storage/schema.ts";

const more: Migration = {
  to: schemaVersion + 1,
  describe: "count the experiments",
  apply: async (database) => {
    const value = await database.count("experiments", {}, { scan: true });
    const documents = [{ name: "counted", value }];
    await database.batch([{ kind: "insert", collection: "counters", documents, ifAbsent: true }]);
  },
};
// Nobody else may add one.
Reflect.apply(Array.prototype.push, migrations, [more]);
await runCommandLine(process.argv.slice(2));
