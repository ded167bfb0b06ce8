import type { IncomingMessage } from 'node:http';
import type { Clock } from '../shared/ports.ts';

/**
 * The result of reading a body: its bytes, or the reason why it was not read. `gone`: the client closed the connection.
 */
export type BodyRead = Buffer | 'too-long' | 'too-slow' | 'gone';

export interface BodyLimits {
  readonly maxBytes: number;
  readonly maxMs: number;
}

/** Reads the body of a request within limits. Bytes that arrive after a limit was exceeded are dropped. */
export function readBody(request: IncomingMessage, clock: Clock, { maxBytes, maxMs }: BodyLimits): Promise<BodyRead> {
  return new Promise((resolve) => {
    let chunks: Buffer[] = [];
    let bytes = 0;
    const end = (read: BodyRead): void => {
      callOff();
      request.off('data', take);
      // The listeners live as long as the request, so they must not keep the bytes.
      chunks = [];
      resolve(read);
    };
    const callOff = clock.schedule(maxMs, () => {
      end('too-slow');
    });
    const take = (chunk: Buffer): void => {
      bytes += chunk.length;
      if (bytes > maxBytes) end('too-long');
      else chunks.push(chunk);
    };
    request.on('data', take);
    request.once('end', () => {
      end(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes));
    });
    request.once('close', () => {
      end('gone');
    });
  });
}
