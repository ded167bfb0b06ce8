import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { z } from 'zod';
import { InvariantError, RetryableError } from '../../shared/errors.ts';
import { Calls } from '../../shared/gcp/calls.ts';

const never = new Promise<never>(() => undefined);

/** Stops the whole process, as Cloud Run does with an instance that has no request. */
function pauseMs(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

describe('a call to Google Cloud', () => {
  it('answers what it is answered', async () => {
    expect(await new Calls(60_000).run('reading', async () => 7)).toBe(7);
  });

  it('throws what can be tried again, with its cause, whatever goes wrong', async () => {
    const cause = new TypeError('13 INTERNAL');
    const call = new Calls(60_000).run('reading blocks', () => Promise.reject(cause));
    await expect(call).rejects.toThrow(new RetryableError('reading blocks failed', { cause }));
    await expect(call).rejects.toMatchObject({ cause });
  });

  it('passes on what says already that it can be tried again', async () => {
    const error = new RetryableError('a block has a newer format');
    await expect(new Calls(60_000).run('reading blocks', () => Promise.reject(error))).rejects.toBe(error);
  });

  it('passes on a bug of ours as it is: trying again does not help', async () => {
    const error = new InvariantError('the document does not exist');
    await expect(new Calls(60_000).run('reading a gap', () => Promise.reject(error))).rejects.toBe(error);
  });

  it('tells a stored document that cannot be read as a bug', async () => {
    const call = new Calls(60_000).run('reading a gap', async () => z.number().parse('7'));
    await expect(call).rejects.toThrow(InvariantError);
    await expect(call).rejects.toThrow('reading a gap: the stored data is malformed');
  });

  it('is answered by what had arrived when the process was paused, though its time is over by then', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const [[peer]] = await Promise.all([connected, once(socket, 'connect')]);
    const answer = await new Calls(50).run('reading', async () => {
      peer.write('an answer');
      pauseMs(160);
      const [data] = (await once(socket, 'data')) as [Buffer];
      return data.toString();
    });
    socket.destroy();
    server.close();
    expect(answer).toBe('an answer');
  });

  it('ends by the deadline of its delivery, and is not made after that', async () => {
    const calls = new Calls(60_000);
    await expect(calls.until(Date.now() + 1_000).run('reading', () => never)).rejects.toThrow(
      /no answer within \d+ ms/,
    );
    let isMade = false;
    const late = calls.until(Date.now() - 1).run('publishing', async () => {
      isMade = true;
    });
    await expect(late).rejects.toThrow(new RetryableError('publishing: the deadline of the delivery has passed'));
    expect(isMade).toBe(false);
  });

  it('is waited for when the instance ends, also if it was made for one delivery', async () => {
    const calls = new Calls(60_000);
    const done: string[] = [];
    void calls.until(Date.now() + 60_000).run('first', async () => {
      await new Promise(setImmediate);
      done.push('first');
    });
    await calls.idle();
    expect(done).toEqual(['first']);
  });

  it('is given up when its time is over', async () => {
    await expect(new Calls(20).run('reading blocks', () => never)).rejects.toThrow(/no answer within 20 ms/);
  });

  it('is waited for, with the calls that follow from it', async () => {
    const calls = new Calls(60_000);
    const done: string[] = [];
    const follow = async (): Promise<void> => {
      await calls.run('first', async () => done.push('first'));
      await Promise.resolve();
      await calls.run('second', async () => done.push('second'));
    };
    void follow();
    await calls.idle();
    expect(done).toEqual(['first', 'second']);
  });
});
