import { StringDecoder } from "node:string_decoder";

/** Past this length a line is no results, in characters. */
const maxLine = 1 << 20;

/** The last line with something in it of an output that arrives in pieces. */
export class LastLine {
  readonly #decoder = new StringDecoder("utf8");
  #open = "";
  #last = "";

  add(bytes: Buffer): void {
    // A bar that redraws itself ends its lines by carriage returns.
    const lines = (this.#open + this.#decoder.write(bytes)).split(/[\r\n]/);
    this.#open = (lines.pop() ?? "").slice(-maxLine);
    this.#last = lines.findLast(isSomething) ?? this.#last;
  }

  get text(): string {
    return isSomething(this.#open) ? this.#open : this.#last;
  }
}

function isSomething(line: string): boolean {
  return line.trim() !== "";
}

/** How much of an output's end is kept, in bytes. */
const maxEnd = 8 << 10;

/** The end of an output that arrives in pieces. */
export class OutputEnd {
  #bytes: Buffer = Buffer.alloc(0);
  #isCut = false;

  add(bytes: Buffer): void {
    const all = Buffer.concat([this.#bytes, bytes]);
    this.#isCut ||= all.length > maxEnd;
    this.#bytes = all.subarray(-maxEnd);
  }

  /** Whole lines only, where the beginning was cut off. */
  get text(): string {
    const text = this.#bytes.toString("utf8").trimEnd();
    const firstEnd = text.indexOf("\n");
    return this.#isCut && firstEnd >= 0 ? text.slice(firstEnd + 1) : text;
  }
}
