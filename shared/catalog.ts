import { defineCatalog } from './catalog-api.ts';

/**
 * The catalog that is used if you name no file of your own. It knows no types: an event of any type passes, and each stream has the
 * default settings. Write your own file, so that it survives an upgrade: docs/catalog.md shows how.
 */
export const catalog = defineCatalog({
  // A type of event: the schema of its data (import { z } from 'eventmend/catalog'), and whether it may be inferred.
  //   Paid: { inferable: false, payload: z.looseObject({ amount: z.number() }) },
  types: {},

  // 'strict' makes an event of a type that is not listed a dead letter: ERR_UNKNOWN_TYPE.
  unknownTypes: 'pass',

  // Topics whose messages have another format than the default one: docs/reference/catalog.md lists the formats.
  sources: {},

  // Settings of a stream by its name. Those under `default` apply to every stream:
  //   default: { minConfidence: 0.9 }, orders: { numbering: { step: 10 } },
  streams: {},
});
