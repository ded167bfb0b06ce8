import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Server, type RequestListener } from 'node:http';

/** The listeners that replace the framework's. */
export interface RequestListeners {
  readonly request: RequestListener;
  /** Serves a request whose client waits for `100 Continue` before it sends the body. */
  readonly checkContinue: RequestListener;
}

/**
 * The diagnostics channel on which Node announces each request, before the listeners of the server are called. It is
 * experimental.
 */
const channel = 'http.server.request.start';

/**
 * Replaces the framework's request listeners at the first request.
 *
 * The framework has no hook for this. It makes its server after it has loaded the function, and it reads and parses
 * each body before it calls the function. If Node no longer announces requests, nothing is replaced, and the framework
 * serves.
 *
 * @param onTaken Called when the listeners are in place, before they get the first request.
 */
export function takeOverServer(listeners: RequestListeners, onTaken: () => void): void {
  const take = (message: unknown): void => {
    unsubscribe(channel, take);
    const { server } = message as { readonly server?: unknown };
    if (!(server instanceof Server)) return;
    server.removeAllListeners('request');
    server.on('request', listeners.request);
    server.on('checkContinue', listeners.checkContinue);
    onTaken();
  };
  subscribe(channel, take);
}
