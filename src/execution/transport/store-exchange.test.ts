import { describe, expect, test } from "vitest";
import { StoreExchange, type StoreAnswer, type StoreClient } from "./store-exchange.ts";

interface Thread extends StoreClient {
  readonly answers: StoreAnswer[];
}

function threads(count: number): Thread[] {
  return Array.from({ length: count }, () => {
    const answers: StoreAnswer[] = [];
    return { answers, answer: (answer) => void answers.push(answer) };
  });
}

function exchangeOf(count: number) {
  const exchange = new StoreExchange(count);
  const all = threads(count);
  const want = (...wanting: readonly Thread[]): void => {
    for (const thread of wanting) exchange.ask(thread, { store: "wanted" });
  };
  const answers = () => all.map((thread) => thread.answers.map(({ store }) => store));
  return { exchange, all, want, answers };
}

describe("the store of a process of several threads", () => {
  test("is built by the first that needs it, for all that wait and all that come", () => {
    const { exchange, all, want, answers } = exchangeOf(3);
    const [first, second, third] = all as [Thread, Thread, Thread];
    want(first, second);
    expect(answers()).toEqual([["build"], [], []]);
    const value = { table: [1] };
    exchange.ask(first, { store: "built", value });
    want(third);
    expect(answers()).toEqual([["build"], ["shared"], ["shared"]]);
    expect(second.answers).toEqual([{ store: "shared", value }]);
  });

  test("is built by each when it cannot be copied", () => {
    const { exchange, all, want, answers } = exchangeOf(3);
    const [first, second, third] = all as [Thread, Thread, Thread];
    want(first, second);
    exchange.ask(first, { store: "kept" });
    want(third);
    expect(answers()).toEqual([["build"], ["own"], ["own"]]);
  });

  test("is built by another when the thread that builds it is gone, as often as that happens", () => {
    const { exchange, all, want, answers } = exchangeOf(3);
    const [first, second, third] = all as [Thread, Thread, Thread];
    want(first, second, third);
    exchange.leave(first);
    expect(answers()).toEqual([["build"], ["build"], []]);
    exchange.leave(second);
    expect(answers()).toEqual([["build"], ["build"], ["build"]]);
    exchange.leave(third);
    const [late] = threads(1) as [Thread];
    want(late);
    expect(late.answers).toEqual([{ store: "build" }]);
  });

  test("goes on being built when a thread that waits is gone, which gets no answer", () => {
    const { exchange, all, want, answers } = exchangeOf(3);
    const [first, second, third] = all as [Thread, Thread, Thread];
    want(first, second, third);
    exchange.leave(second);
    exchange.ask(first, { store: "built", value: 1 });
    expect(answers()).toEqual([["build"], [], ["shared"]]);
  });

  test("stays when the thread that built it is gone", () => {
    const { exchange, all, want, answers } = exchangeOf(2);
    const [first, second] = all as [Thread, Thread];
    want(first);
    exchange.ask(first, { store: "built", value: undefined });
    exchange.leave(first);
    want(second);
    expect(answers()).toEqual([["build"], ["shared"]]);
  });
});

test("a single thread keeps its store to itself", () => {
  const { all, want, answers } = exchangeOf(1);
  want(...all, ...all);
  expect(answers()).toEqual([["own", "own"]]);
});
