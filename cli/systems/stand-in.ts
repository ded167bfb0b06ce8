import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { StandInAnswer, StandInRequest } from './answer.ts';
import { answerOfFault, changeRecords, controlSchema, Faults } from './faults.ts';
import { answerAsHubSpot } from './hubspot.ts';
import { StandInRecords, type RecordFile, type StandInSystem } from './records.ts';
import { answerAsStripe } from './stripe.ts';
import { answerAsTwilio } from './twilio.ts';

/** The path at which a user asks for faults and changes. */
const controlPath = '/_control';

const systems: readonly (readonly [StandInSystem, RegExp, typeof answerAsStripe])[] = [
  ['hubspot', /^\/crm\//, answerAsHubSpot],
  ['stripe', /^\/v1\//, answerAsStripe],
  ['twilio', /^\/2010-04-01\//, answerAsTwilio],
];

/** A local stand-in for the APIs of HubSpot, Stripe and Twilio, all at one address of this machine. */
export class StandIn {
  private readonly records: StandInRecords;
  private readonly faults = new Faults();
  private readonly server: Server;
  private readonly now: () => number;

  constructor(file: RecordFile, now: () => number) {
    this.records = new StandInRecords(file);
    this.now = now;
    this.server = createServer((request, response) => {
      void this.serve(request, response);
    });
  }

  /** @returns The address. @throws Error if the port is taken. */
  async listen(port: number): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming, this.now());
    const { pathname } = request.url;
    if (pathname === controlPath) {
      send(response, this.control(request));
      return;
    }
    const [system, , answer] = systems.find(([, path]) => path.test(pathname)) ?? [];
    const fault = system && this.faults.take(system);
    if (fault?.fault === 'hang') return;
    if (fault?.fault === 'cut') response.destroy();
    else if (fault?.fault === 'malformed') sendText(response, 200, '{"id": "');
    else send(response, (fault && answerOfFault(fault)) ?? answer?.(request, this.records) ?? notServed);
  }

  /** Obeys a user. */
  private control({ method, body, nowMs }: StandInRequest): StandInAnswer {
    if (method !== 'POST') return { status: 405, body: { error: 'POST a JSON object' } };
    const control = controlSchema.safeParse(parse(body));
    if (!control.success) return { status: 400, body: { error: z.prettifyError(control.error) } };
    if (control.data.do === 'fault') this.faults.add(control.data);
    else changeRecords(control.data, this.records, nowMs);
    return { status: 200, body: { done: control.data.do } };
  }
}

const notServed: StandInAnswer = { status: 404, body: { error: 'the stand-in does not serve this path' } };

async function readRequest(incoming: IncomingMessage, nowMs: number): Promise<StandInRequest> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return {
    method: incoming.method ?? 'GET',
    url: new URL(incoming.url ?? '/', 'http://stand-in'),
    headers: { authorization: incoming.headers.authorization },
    body: Buffer.concat(parts).toString(),
    nowMs,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, headers, body }: StandInAnswer): void {
  sendText(response, status, JSON.stringify(body), headers);
}

function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  headers: StandInAnswer['headers'] = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(text);
}
