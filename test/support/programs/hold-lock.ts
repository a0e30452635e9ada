// Holds a SQLite file's write lock for a time, as another program may: hold-lock FILE MILLISECONDS
import Sqlite from "better-sqlite3";

const [file = "", milliseconds = "0"] = process.argv.slice(2);
const database = new Sqlite(file);
database.exec("BEGIN EXCLUSIVE");
console.log("locked");
setTimeout(() => {
  database.exec("CREATE TABLE held (a)");
  database.exec("COMMIT");
  database.close();
}, Number(milliseconds));
