import { constants, gunzipSync } from 'node:zlib';
import { maxDataBytes } from '../messages/size.ts';

/** Whether bytes begin like a gzip file. No JSON and no form does. */
export function isGzip(data: Uint8Array): boolean {
  return data[0] === 0x1f && data[1] === 0x8b;
}

/**
 * Decompresses bytes. It stops when the result is larger than a message may be, so that a small message cannot take much
 * memory.
 */
export function gunzip(data: Uint8Array): Uint8Array | 'too large' | 'damaged' {
  try {
    return gunzipSync(data, { maxOutputLength: maxDataBytes, finishFlush: constants.Z_FINISH });
  } catch (error) {
    const code: unknown = Reflect.get(Object(error), 'code');
    return code === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : 'damaged';
  }
}
