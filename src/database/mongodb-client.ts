/**
 * What Assay uses of a `Db` of the package `mongodb`, so that a client of the caller's own copy and version
 * will do. The driver knows the rest of it by the types of its optional package, which users need not have.
 */
export interface MongodbDatabase {
  readonly databaseName: string;
  collection(name: string): object;
}
