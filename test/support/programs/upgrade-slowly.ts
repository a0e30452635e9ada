// Upgrades a database by a migration of two writes, and waits between them unless told to be quick.
import { migrations } from "../../../src/storage/migrate.ts";
import { schemaVersion } from "../../../src/storage/schema.ts";
import { upgradeBy } from "../../../src/storage/upgrade-database.ts";

const [path = "", pace] = process.argv.slice(2);
const { backup } = await upgradeBy(
  [
    ...migrations,
    {
      to: schemaVersion + 1,
      describe: "two writes",
      apply: async (database) => {
        const documents = [{ name: "moved", value: 0 }];
        await database.batch([
          { kind: "insert", collection: "counters", documents, ifAbsent: true },
        ]);
        console.log("half done");
        if (pace !== "quickly") await new Promise((resolve) => setTimeout(resolve, 60_000));
        await database.write("counters", { set: { value: 1 } }, { name: "moved" });
      },
    },
  ],
  path,
  {},
);
console.log(backup);
