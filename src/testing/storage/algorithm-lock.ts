import { briefLease, gridSpec } from "./fixtures.ts";
import type { StorageTests } from "./tests.ts";

export function algorithmLockTests({ test, expect }: StorageTests): void {
  test("the lock is had by one owner at a time, and hands on the state", async (storage, again) => {
    const experiment = await storage.createExperiment(gridSpec(1));
    expect(await storage.getAlgorithmLockInfo(experiment)).toEqual({
      locked: false,
      owner: null,
      state: undefined,
    });
    const lock = await storage.acquireAlgorithmLock(experiment, { owner: "one" });
    expect(lock.state).toBe(undefined);
    expect(await storage.getAlgorithmLockInfo("grid")).toMatchObject({
      locked: true,
      owner: "one",
    });
    const other = await again();
    await expect(
      other.acquireAlgorithmLock(experiment, { owner: "two", timeoutMs: 0 }),
    ).rejects.toMatchObject({
      code: "LOCK_TIMEOUT",
      message: `The algorithm's lock of "grid" could not be had within 0 ms`,
    });
    await lock.release({ seen: [1n, NaN] });
    expect(await storage.getAlgorithmLockInfo("grid")).toEqual({
      locked: false,
      owner: null,
      state: { seen: [1n, NaN] },
    });
    const next = await other.acquireAlgorithmLock(experiment, { owner: "two", timeoutMs: 0 });
    expect(next.state).toEqual({ seen: [1n, NaN] });
    await next.release();
    expect((await storage.getAlgorithmLockInfo("grid")).state).toEqual({ seen: [1n, NaN] });
  });

  test("who waits gets the lock when it is given back", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(1));
    const first = await storage.acquireAlgorithmLock(experiment, { owner: "one" });
    const waiting = storage.acquireAlgorithmLock(experiment, { owner: "two", retryMs: 5 });
    await first.release("state of one");
    const second = await waiting;
    expect(second.state).toBe("state of one");
    await second.release();
  });

  test("of many who want the lock all get it, one after the other", async (storage, again) => {
    const experiment = await storage.createExperiment(gridSpec(1));
    const other = await again();
    let holders = 0;
    await Promise.all(
      Array.from({ length: 10 }, async (_, i) => {
        const handle = i % 2 === 0 ? storage : other;
        const owner = `owner ${String(i)}`;
        const lock = await handle.acquireAlgorithmLock(experiment, { owner, retryMs: 2 });
        holders += 1;
        expect(holders).toBe(1);
        const count = Number(lock.state ?? 0) + 1;
        await storage.getAlgorithmLockInfo(experiment);
        holders -= 1;
        await lock.release(count);
      }),
    );
    expect((await storage.getAlgorithmLockInfo(experiment)).state).toBe(10);
  });

  test("the lock of an owner that is gone is taken over, and the owner fenced", async (storage, again) => {
    const experiment = await storage.createExperiment(gridSpec(1));
    const brief = await again(briefLease);
    const gone = await brief.acquireAlgorithmLock(experiment, { owner: "gone" });
    expect(await storage.getAlgorithmLockInfo(experiment)).toMatchObject({
      locked: false,
      owner: null,
      leftBy: "gone",
    });
    const taken = await storage.acquireAlgorithmLock(experiment, { owner: "taker", timeoutMs: 0 });
    expect(await gone.renew()).toBe(false);
    await expect(gone.release("stale")).rejects.toMatchObject({ code: "LEASE_LOST" });
    await taken.release("fresh");
    expect((await storage.getAlgorithmLockInfo(experiment)).state).toBe("fresh");
  });

  test("a lock that is renewed is kept", async (storage, again) => {
    const experiment = await storage.createExperiment(gridSpec(1));
    const brief = await again(briefLease);
    const lock = await storage.acquireAlgorithmLock(experiment, { owner: "one" });
    expect(await lock.renew()).toBe(true);
    await expect(
      brief.acquireAlgorithmLock(experiment, { owner: "two", timeoutMs: 0 }),
    ).rejects.toMatchObject({ code: "LOCK_TIMEOUT" });
    await lock.release();
  });

  test("a lock that was given back is not held any more", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(1));
    const lock = await storage.acquireAlgorithmLock(experiment, { owner: "one" });
    await lock.release("first");
    expect(await lock.renew()).toBe(false);
    await expect(lock.release("second")).rejects.toMatchObject({ code: "LEASE_LOST" });
    expect(await storage.getAlgorithmLockInfo(experiment)).toEqual({
      locked: false,
      owner: null,
      state: "first",
    });
  });

  test("a lock can be taken from its holder, who is fenced", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(1));
    expect(await storage.releaseAlgorithmLock(experiment)).toBe(false);
    const lock = await storage.acquireAlgorithmLock(experiment, { owner: "one" });
    expect(await storage.releaseAlgorithmLock(experiment)).toBe(true);
    expect(await storage.releaseAlgorithmLock(experiment)).toBe(false);
    const next = await storage.acquireAlgorithmLock(experiment, { owner: "two", timeoutMs: 0 });
    expect(await lock.renew()).toBe(false);
    await expect(lock.release("stale")).rejects.toMatchObject({ code: "LEASE_LOST" });
    expect(await storage.getAlgorithmLockInfo(experiment)).toMatchObject({ owner: "two" });
    await next.release();
  });

  test("a lock can be taken from one owner, and from no other", async (storage, again) => {
    const experiment = await storage.createExperiment(gridSpec(1));
    const lock = await storage.acquireAlgorithmLock(experiment, { owner: "one" });
    expect(await storage.releaseAlgorithmLock(experiment, { owner: "two" })).toBe(false);
    expect(await lock.renew()).toBe(true);
    expect(await storage.releaseAlgorithmLock(experiment, { owner: "one" })).toBe(true);
    expect(await lock.renew()).toBe(false);
    const brief = await again(briefLease);
    await brief.acquireAlgorithmLock(experiment, { owner: "gone", timeoutMs: 0 });
    expect(await storage.releaseAlgorithmLock(experiment, { owner: "gone" })).toBe(true);
    expect(await storage.getAlgorithmLockInfo(experiment)).toEqual({
      locked: false,
      owner: null,
      state: undefined,
    });
  });

  test("a deleted lock forgets its state, and its tokens are not used again", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(1));
    expect(await storage.deleteAlgorithmLock(experiment)).toBe(0);
    const old = await storage.acquireAlgorithmLock(experiment, { owner: "one" });
    await old.release("state");
    const held = await storage.acquireAlgorithmLock(experiment, { owner: "one" });
    expect(await storage.deleteAlgorithmLock(experiment)).toBe(1);
    expect(await storage.deleteAlgorithmLock(experiment)).toBe(0);
    expect(await storage.getAlgorithmLockInfo(experiment)).toEqual({
      locked: false,
      owner: null,
      state: undefined,
    });
    const next = await storage.acquireAlgorithmLock(experiment, { owner: "two", timeoutMs: 0 });
    expect(next.state).toBe(undefined);
    for (const stale of [old, held]) {
      expect(await stale.renew()).toBe(false);
      await expect(stale.release("stale")).rejects.toMatchObject({ code: "LEASE_LOST" });
    }
    await next.release();
  });

  test("a state that cannot be stored leaves the lock held", async (storage) => {
    const experiment = await storage.createExperiment(gridSpec(1));
    const lock = await storage.acquireAlgorithmLock(experiment, { owner: "one" });
    await expect(lock.release({ f: () => 1 })).rejects.toMatchObject({ code: "INVALID_VALUE" });
    expect(await lock.renew()).toBe(true);
    await lock.release();
  });

  test("each experiment has its own lock, and one that is not there has none", async (storage) => {
    const one = await storage.createExperiment(gridSpec(1, { name: "one" }));
    const two = await storage.createExperiment(gridSpec(1, { name: "two" }));
    const locks = [
      await storage.acquireAlgorithmLock(one, { owner: "a", timeoutMs: 0 }),
      await storage.acquireAlgorithmLock(two, { owner: "b", timeoutMs: 0 }),
    ];
    for (const lock of locks) await lock.release();
    await expect(storage.acquireAlgorithmLock("none", { owner: "a" })).rejects.toMatchObject({
      code: "NOT_FOUND",
    });
  });
}
