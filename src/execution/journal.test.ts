import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { claimedTrial as claimed } from "../../test/support/scripted-workers.ts";
import type { TrialReport } from "../storage/reports.ts";
import { createDeferred, type Deferred } from "../util/deferred.ts";
import { LongText } from "../values/long-text.ts";
import { Journal } from "./journal.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const finished = (id: string): TrialReport => ({
  kind: "finished",
  trial: claimed(id),
  status: "completed",
});

/** A journal over a storage whose commits the test answers. */
function openJournal() {
  const commits: { readonly ids: readonly string[]; readonly answer: Deferred<boolean[]> }[] = [];
  const stale: string[] = [];
  const failures: unknown[] = [];
  const journal = new Journal({
    storage: {
      async commitReports(reports) {
        const answer = createDeferred<boolean[]>();
        commits.push({ ids: reports.map(({ trial }) => trial.id), answer });
        return await answer.promise;
      },
    },
    onStale: ({ trial }) => void stale.push(trial.id),
    onFailure: (error) => void failures.push(error),
  });
  return { journal, commits, stale, failures };
}

describe("what is told of trials", () => {
  test("is released when it is committed: its memory may be used again", async () => {
    const { journal, commits } = openJournal();
    let isReleased = false;
    const results = new LongText("{}", () => void (isReleased = true));
    journal.add({ kind: "finished", trial: claimed("a"), status: "completed", results });
    const flushed = journal.flush();
    await vi.advanceTimersByTimeAsync(0);
    expect(isReleased).toBe(false);
    commits[0]?.answer.resolve([true]);
    await flushed;
    expect(isReleased).toBe(true);
  });

  test("is committed together, in the order in which it came, within 50 ms", async () => {
    const { journal, commits } = openJournal();
    journal.add(finished("a"));
    await vi.advanceTimersByTimeAsync(30);
    journal.add(finished("b"));
    expect(commits).toEqual([]);
    await vi.advanceTimersByTimeAsync(20);
    expect(commits.map(({ ids }) => ids)).toEqual([["a", "b"]]);
  });

  test("is committed at once when it is much", async () => {
    const { journal, commits } = openJournal();
    let told = 0;
    while (commits.length === 0 && told < 100_000) {
      journal.add(finished(String(told++)));
      await Promise.resolve();
    }
    expect(commits[0]?.ids).toHaveLength(told);
  });

  test("waits for the commit before, so that the order is kept", async () => {
    const { journal, commits } = openJournal();
    journal.add(finished("a"));
    await vi.advanceTimersByTimeAsync(50);
    journal.add(finished("b"));
    await vi.advanceTimersByTimeAsync(50);
    expect(commits).toHaveLength(1);
    commits[0]?.answer.resolve([true]);
    await vi.advanceTimersByTimeAsync(0);
    expect(commits.map(({ ids }) => ids)).toEqual([["a"], ["b"]]);
  });
});

describe("a flush", () => {
  test("resolves when all that came before is committed", async () => {
    const { journal, commits } = openJournal();
    journal.add(finished("a"));
    let isCommitted = false;
    const flushed = journal.flush().then(() => (isCommitted = true));
    await vi.advanceTimersByTimeAsync(0);
    expect(commits).toHaveLength(1);
    expect(isCommitted).toBe(false);
    commits[0]?.answer.resolve([true]);
    await flushed;
  });

  test("of nothing writes nothing", async () => {
    const { journal, commits } = openJournal();
    await journal.flush();
    expect(commits).toEqual([]);
  });
});

test("a refused report is told by itself, and its trial is known to be somebody else's", async () => {
  const { journal, commits, stale } = openJournal();
  const reports = ["a", "b", "c"].map(finished);
  for (const report of reports) journal.add(report);
  const flushed = journal.flush();
  await vi.advanceTimersByTimeAsync(0);
  commits[0]?.answer.resolve([true, false, true]);
  await flushed;
  expect(stale).toEqual(["b"]);
  expect(reports.map(({ trial }) => journal.isStale(trial))).toEqual([false, true, false]);
});

describe("a commit that fails", () => {
  test("is told once, and nothing that comes later is taken for committed", async () => {
    const { journal, commits, failures } = openJournal();
    journal.add(finished("a"));
    const flushed = journal.flush();
    const refused = expect(flushed).rejects.toThrow("Disk full");
    await vi.advanceTimersByTimeAsync(0);
    commits[0]?.answer.reject(new Error("Disk full"));
    await refused;
    journal.add(finished("b"));
    await vi.advanceTimersByTimeAsync(50);
    await expect(journal.flush()).rejects.toThrow("Disk full");
    expect(commits).toHaveLength(1);
    expect(failures).toHaveLength(1);
  });
});
