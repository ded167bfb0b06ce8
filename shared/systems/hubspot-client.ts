import * as objects from '@hubspot/api-client/lib/codegen/crm/objects/index.js';
import type { HubSpotSettings } from '../system-settings.ts';
import type { Exchange } from './exchange.ts';

/** The path of each kind of record. */
const objectTypes: Readonly<Record<string, string>> = { contact: 'contacts', company: 'companies', deal: 'deals' };

export function objectTypeOf(kind: string): string {
  return objectTypes[kind] ?? kind;
}

/** The address of HubSpot. */
const hubspotUrl = 'https://api.hubapi.com';

/** Makes the configuration of HubSpot's client for one request. */
export function hubspotConfiguration({ token, baseUrl }: HubSpotSettings, made: Exchange): objects.Configuration {
  const base = (baseUrl?.href ?? hubspotUrl).replace(/\/$/, '');
  return objects.createConfiguration({
    baseServer: new objects.ServerConfiguration(base, {}),
    authMethods: { oauth2: { accessToken: token } },
    httpApi: objects.wrapHttpLibrary({ send: (request) => send(request, made) }),
  });
}

async function send(request: objects.RequestContext, made: Exchange): Promise<objects.ResponseContext> {
  const body = request.getBody();
  const response = await made.fetch(request.getUrl(), {
    method: request.getHttpMethod().toString(),
    headers: request.getHeaders(),
    ...(typeof body === 'string' && { body }),
  });
  const text = await response.text();
  return new objects.ResponseContext(
    response.status,
    { 'content-type': 'application/json' },
    { text: () => Promise.resolve(text), binary: () => Promise.resolve(Buffer.from(text)) },
  );
}
