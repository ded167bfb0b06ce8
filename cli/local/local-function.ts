/**
 * Prepares the process of a function on a developer's machine. It is loaded before the framework. The framework would
 * serve everybody who can reach the machine: this module makes it serve only the machine itself. It tells the process
 * that started the function when it serves, and ends the function when that process ends: its standard input closes then.
 */
import { Server } from 'node:net';
import { portTakenCode, servesMessage } from './function-signals.ts';

type Listen = (this: Server, port: unknown, ...rest: unknown[]) => Server;

const { listen } = Server.prototype as unknown as { listen: Listen };
const listenLocally: Listen = function (port, ...rest) {
  this.once('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE') process.exit(portTakenCode);
  });
  this.once('listening', () => process.send?.(servesMessage));
  return listen.call(this, port, '127.0.0.1', ...rest);
};
Object.assign(Server.prototype, { listen: listenLocally });

process.stdin.resume().once('end', () => {
  process.kill(process.pid, 'SIGTERM');
});
