import { connect } from 'node:net';
import fc from 'fast-check';
import { startConsoleServer } from '../../cli/local/console-server.ts';
import { balances, consoleOf } from './checks.ts';
import { message } from './messages.ts';
import { rawRequest } from './requests.ts';

/**
 * Sends random bytes to the console's web server, each over a new connection. Checks that each gets an HTTP answer or is closed, and
 * that the server still serves afterwards. */
export async function serverSurvives(runs: number, seed: number): Promise<void> {
  const console = consoleOf(await balances(fc.sample(message, { numRuns: 50, seed })));
  const server = await startConsoleServer({ console, port: 0 });
  const port = Number(new URL(server.url).port);
  try {
    await fc.assert(
      fc.asyncProperty(rawRequest, async (bytes) => {
        const answer = await answerTo(port, bytes);
        if (answer !== '' && !/^HTTP\/1\.1 (?:200|400|404|405|421|431) /.test(answer))
          throw new Error(`answered ${answer.slice(0, 100)}`);
      }),
      { numRuns: runs, seed },
    );
    const { status } = await fetch(`${server.url}/api/streams`);
    if (status !== 200) throw new Error(`the server answers ${status} after the run`);
  } finally {
    await server.close();
  }
}

function answerTo(port: number, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.setEncoding('latin1').on('data', (chunk: string) => (answer += chunk));
    socket.on('close', () => {
      resolve(answer);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error);
    });
  });
}
