/** Sets a field of a document that is being made; a field named "__proto__" becomes one like any other. */
export function setField(document: Record<string, unknown>, field: string, value: unknown): void {
  if (field !== "__proto__") document[field] = value;
  else {
    const plain = { value, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(document, field, plain);
  }
}
