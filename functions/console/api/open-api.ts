import { z } from 'zod';
import { jsonResponse } from '../response.ts';
import { answerSchemas, errorSchema, streamedAnswers } from './api-schemas.ts';
import type { ApiRoute } from './route.ts';

/** Describes the API in OpenAPI 3.1, from its routes. */
function openApiOf(routes: readonly ApiRoute[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes)
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  return {
    openapi: '3.1.0',
    info: { title: 'Eventmend console', version: '1', description: 'See docs/api.md.' },
    paths,
    components: { schemas: { Error: schemaOf(errorSchema) } },
  };
}

/** The address of the description itself. */
export function openApiRoute(routes: () => readonly ApiRoute[]): ApiRoute {
  return {
    method: 'GET',
    path: '/api/openapi.json',
    role: 'viewer',
    summary: 'describes these addresses in OpenAPI',
    answer: () => Promise.resolve(jsonResponse(openApiOf(routes()))),
  };
}

function operationOf({ method, path, role, summary, query = {}, body }: ApiRoute): object {
  const name = `${method} ${path}`;
  const { type, schema } = streamedAnswers[name] ?? { type: 'application/json', schema: answerSchemas[name] };
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => parameter('path', name, name));
  const inQuery = Object.entries(query).map(([name, description]) => parameter('query', name, description));
  const isRevised = method !== 'GET' && path.startsWith('/api/dead-letters/') && !path.endsWith('/check');
  const headers = method === 'GET' ? [] : [parameter('header', 'X-Session-Token', 'the token of GET /api/session')];
  const revision = isRevised ? [parameter('header', 'If-Match', 'the ETag of the letter that was seen')] : [];
  return {
    summary,
    description: `For ${role}s.`,
    parameters: [...inPath, ...inQuery, ...headers, ...revision],
    ...(body && { requestBody: { content: { 'application/json': { schema: bodySchema(body) } } } }),
    responses: {
      '2XX': {
        description: 'success',
        ...(schema && { content: { [type]: { schema: schemaOf(schema) } } }),
      },
      default: {
        description: 'an error',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

function parameter(place: 'path' | 'query' | 'header', name: string, description: string): object {
  return { in: place, name, description, required: place !== 'query', schema: { type: 'string' } };
}

function bodySchema(body: Readonly<Record<string, string>>): object {
  const properties = Object.entries(body).map(([name, description]) => [name, { description }] as const);
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) };
}

function schemaOf(schema: z.ZodType): object {
  return z.toJSONSchema(schema, { unrepresentable: 'any' });
}
