/**
 * Loaded into the process of a function before the framework, on a developer's machine. The framework serves everybody that can
 * reach the machine: here it serves the machine alone. And the function ends with the process that started it, however that ends:
 * its end closes the function's standard input.
 */
import { Server } from 'node:net';

type Listen = (this: Server, port: unknown, ...rest: unknown[]) => Server;

const { listen } = Server.prototype as unknown as { listen: Listen };
const listenLocally: Listen = function (port, ...rest) {
  return listen.call(this, port, '127.0.0.1', ...rest);
};
Object.assign(Server.prototype, { listen: listenLocally });

process.stdin.resume().once('end', () => {
  process.kill(process.pid, 'SIGTERM');
});
