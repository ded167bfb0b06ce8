/** A number of bytes that may be held at the same time. Bytes are reserved before they are held. */
export class ByteBudget {
  readonly maxBytes: number;
  private reservedBytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /** Reserves bytes. @returns A function that releases them, once however often it is called; undefined if there is no room. */
  reserve(bytes: number): (() => void) | undefined {
    if (this.reservedBytes + bytes > this.maxBytes) return undefined;
    this.reservedBytes += bytes;
    let isReserved = true;
    return () => {
      if (isReserved) this.reservedBytes -= bytes;
      isReserved = false;
    };
  }
}
