import { MessageWriter, Packed } from "./message-pack.ts";
import type { Templated } from "./holes.ts";
import type { Template } from "./template.ts";

/** An update of a batch. */
export interface UpdateStep {
  readonly template: Template;
  readonly one: Templated;
}

/** So few documents that this process works on some answers while the server works on the next batches. */
const mostDocuments = 8;

/** The values of a step before those of its template. */
const headLength = 4;

/** Batches of updates that go to the server together, as the script reads them (`script/together.ts`). */
export class UpdateGroup {
  /** Of shapes: each handle has its own templates, but those of one program are of the same shapes. */
  readonly #places = new Map<string, number>();
  readonly #shapes = new MessageWriter();
  #partCount = 0;
  readonly #values = new MessageWriter();
  #valueCount = 0;
  #documents = 0;

  /** Whether it has as much as goes together well. */
  get isFull(): boolean {
    return this.#documents >= mostDocuments;
  }

  /** Adds a batch; false when it has a value that its field cannot hold. */
  add(steps: readonly UpdateStep[]): boolean {
    const values = this.#values;
    const { length } = values;
    const count = steps.reduce((sum, { template }) => sum + headLength + template.size, 0);
    values.number(count);
    values.number(steps.length);
    let documents = 0;
    for (const { template, one } of steps) {
      const { operation } = one;
      values.number(this.#placeOf(template));
      values.number(operation.after === undefined ? 0 : operation.after + 1);
      const isRequired = operation.required === true;
      values.value(isRequired);
      values.value(!isRequired && template.isExclusive(one));
      if (!template.write(values, one)) {
        values.truncate(length);
        return false;
      }
      documents += operation.kind === "readAndWrite" ? (operation.limit ?? 1) : 1;
    }
    this.#valueCount += 2 + count;
    this.#documents += documents;
    return true;
  }

  #placeOf({ packed, partCount, name }: Template): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.#places.size + 1;
    this.#shapes.value(packed);
    this.#partCount += partCount;
    this.#places.set(name, place);
    return place;
  }

  /** The arguments of the script: shapes and values. */
  toArguments(): Buffer[] {
    return [listOf(this.#shapes, this.#partCount), listOf(this.#values, this.#valueCount)];
  }
}

/** What was written as one list. */
function listOf(items: MessageWriter, count: number): Buffer {
  const list = new MessageWriter();
  list.list(count);
  list.value(new Packed(items.done()));
  return list.done();
}
