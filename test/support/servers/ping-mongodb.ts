import { MongoClient } from "mongodb";

/** Resolves when a server of MongoDB's protocol answers a read. */
export async function pingMongodb(url: string): Promise<void> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 500, directConnection: true });
  try {
    await client.db("admin").collection("ping").findOne({});
  } finally {
    await client.close();
  }
}
