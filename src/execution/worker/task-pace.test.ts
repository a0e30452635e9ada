import { describe, expect, test } from "vitest";
import { TaskPace } from "./task-pace.ts";

/** A pace after tasks that took so long each. */
function paceOf(durationMs: number, tasks = 1, maxAhead = 4000): TaskPace {
  const pace = new TaskPace(maxAhead);
  for (let i = 0; i < tasks; i += 1) pace.ran(durationMs);
  return pace;
}

describe("a worker asks for", () => {
  test("one task before it knows how long they take, and not twice", () => {
    const pace = new TaskPace(4000);
    expect(pace.wanted(0, true)).toBe(1);
    expect(pace.wanted(0, true)).toBe(0);
    pace.received(1);
    expect(pace.wanted(1, true)).toBe(0);
    expect(pace.wanted(0, false)).toBe(0);
  });

  test("about 50 ms of short tasks", () => {
    expect(paceOf(0.99).wanted(0, false)).toBe(50);
    expect(paceOf(4.99).wanted(0, false)).toBe(10);
  });

  test("never more than may wait", () => {
    expect(paceOf(0).wanted(0, false)).toBe(4000);
    expect(paceOf(0, 1, 7).wanted(0, false)).toBe(7);
    expect(paceOf(0, 1, 7).wanted(3, false)).toBe(4);
  });

  test("the next one while one runs that takes longer, so that it never waits for it", () => {
    const pace = paceOf(60);
    expect(pace.wanted(0, false)).toBe(1);
    pace.received(1);
    expect(pace.wanted(1, false)).toBe(0);
    expect(pace.wanted(0, true)).toBe(1);
  });

  test("none behind a long one, and the next one when it is over", () => {
    const pace = paceOf(201);
    expect(pace.wanted(0, false)).toBe(0);
    expect(pace.wanted(0, true)).toBe(1);
  });

  test("more once less than half is there, counting what is on its way", () => {
    const pace = paceOf(0.99);
    expect(pace.wanted(26, false)).toBe(0);
    expect(pace.wanted(25, false)).toBe(25);
    expect(pace.wanted(25, false)).toBe(0);
    pace.received(25);
    expect(pace.wanted(20, false)).toBe(30);
  });

  test("fewer when tasks become longer, and more when they become shorter again", () => {
    const pace = paceOf(0.99, 10);
    for (let i = 0; i < 60; i += 1) pace.ran(24.99);
    expect(pace.wanted(0, false)).toBe(2);
    pace.received(2);
    for (let i = 0; i < 100; i += 1) pace.ran(0.99);
    expect(pace.wanted(0, false)).toBeGreaterThan(45);
  });

  test("as many as the second one tells, however long the first one took", () => {
    const pace = paceOf(5000);
    pace.ran(0.99);
    expect(pace.wanted(0, false)).toBe(50);
    pace.ran(10.99);
    expect(pace.wanted(0, false)).toBe(0);
    pace.received(50);
    expect(pace.wanted(0, false)).toBe(25);
  });

  test("tasks again although it was given more than it asked for", () => {
    const pace = new TaskPace(4000);
    pace.received(10);
    expect(pace.wanted(0, true)).toBe(1);
  });
});
