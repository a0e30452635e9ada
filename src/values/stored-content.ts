/** What a decoded value has in the place of a part that is stored elsewhere, under the hash of its content. */
export class StoredContent {
  readonly sha256: string;
  readonly bytes: number;

  constructor(sha256: string, bytes: number) {
    this.sha256 = sha256;
    this.bytes = bytes;
  }
}
