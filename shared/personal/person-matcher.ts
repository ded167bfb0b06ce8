import type { Catalog } from '../catalog-definition.ts';
import { JsonIndex } from '../json-index.ts';
import { pathOf } from '../json-pointer.ts';
import type { Message } from '../messages/message.ts';
import { attributeOf } from '../sources/place.ts';
import type { PersonCriterion } from './person-criterion.ts';
import { eventTextsOf, wholeTextsOf } from './personal-texts.ts';

/** `unreadable`: nobody knows whether the message is about the person. */
export type PersonVerdict = 'match' | 'other' | 'unreadable';

/** Tells whether something that is stored is about a person. */
export interface PersonMatcher {
  /** @param type The type of the event, if it is known. */
  message(message: Message, type: string | undefined): PersonVerdict;
  /** Whether a text beside a message, such as a note, is about the person. */
  text(text: string): boolean;
}

/**
 * Makes the matcher of a criterion.
 *
 * @param hasPattern Whether a text has the pattern of the criterion.
 */
export function makePersonMatcher(
  criterion: PersonCriterion,
  catalog: Pick<Catalog, 'type' | 'entityPaths'>,
  hasPattern: (text: string) => boolean,
): PersonMatcher {
  const { value } = criterion;
  switch (criterion.by) {
    case 'pattern':
      return {
        message: (message) => (wholeTextsOf(message).some(hasPattern) ? 'match' : 'other'),
        text: hasPattern,
      };
    case 'field': {
      const attribute = attributeOf(criterion.place);
      if (attribute !== undefined) return ofMessages((message) => asVerdict(message.attributes[attribute] === value));
      const paths = [pathOf(criterion.place)];
      return ofMessages((message) => atPaths(message, paths, value));
    }
    case 'entity':
      return ofMessages((message, type) => atPaths(message, entityPathsOf(catalog, type), value));
  }
}

function ofMessages(message: PersonMatcher['message']): PersonMatcher {
  return { message, text: () => false };
}

/** Returns where the events of a type name their entity. Of an unknown type it can be anywhere. */
function entityPathsOf(
  catalog: Pick<Catalog, 'type' | 'entityPaths'>,
  type: string | undefined,
): readonly (readonly string[])[] {
  const known = type === undefined ? undefined : catalog.type(type);
  const paths = known ? (known.entity === undefined ? [] : [known.entity]) : catalog.entityPaths;
  return paths.map((path) => path.split('.'));
}

function atPaths(message: Message, paths: readonly (readonly string[])[], value: string): PersonVerdict {
  if (paths.length === 0) return 'other';
  const events = eventTextsOf(message);
  if (!events) return 'unreadable';
  return asVerdict(
    events.some((text) => {
      const index = new JsonIndex(text);
      return paths.some((path) => index.find(path).some((found) => isScalar(index.textOf(found), value)));
    }),
  );
}

/** Whether a JSON text is a text or a number of a spelling. */
function isScalar(json: string, value: string): boolean {
  return json.startsWith('"') ? JSON.parse(json) === value : json === value;
}

function asVerdict(isMatch: boolean): PersonVerdict {
  return isMatch ? 'match' : 'other';
}
