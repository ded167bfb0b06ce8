/** Bounds the number of bytes that are in memory at the same time. Bytes are reserved before they are read. */
export class ByteBudget {
  readonly maxBytes: number;
  private reservedBytes = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  /**
   * Reserves bytes. @returns A function that releases them, which has an effect only once. Undefined if there is no
   * room.
   */
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
