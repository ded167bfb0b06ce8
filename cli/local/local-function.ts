/**
 * Prepares the process of a function on a developer's machine. It is loaded before the framework. The framework would
 * serve everybody who can reach the machine: this module makes it serve only the machine itself. It also ends the
 * function when the process that started it ends: the function's standard input closes then.
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
