import { json } from '@ftctl/sdk';
import * as v from 'valibot';
import { checked } from './checked.ts';
import {
  commandSchema,
  identityEntries,
  jobDefinitionSchema,
  promptDefinitionSchema,
  statusSchemas,
  streamDefinitionSchema,
} from './event-schema.ts';
import type { Part } from './parts.ts';

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(256));

export const partSchema: v.GenericSchema<Part> = v.variant('kind', [
  v.strictObject({
    kind: v.literal('job'),
    id: name,
    def: v.exactOptional(jobDefinitionSchema),
    s: v.exactOptional(statusSchemas.job),
    g: v.exactOptional(statusSchemas.grant),
  }),
  v.strictObject({
    kind: v.literal('stream'),
    id: name,
    def: v.exactOptional(streamDefinitionSchema),
    s: v.exactOptional(statusSchemas.stream),
  }),
  v.strictObject({
    kind: v.literal('prompt'),
    id: name,
    def: v.exactOptional(promptDefinitionSchema),
    s: v.exactOptional(statusSchemas.prompt),
  }),
  v.strictObject({
    kind: v.literal('cpu'),
    id: name,
    s: v.exactOptional(statusSchemas.cpu),
    links: v.exactOptional(statusSchemas.links),
    linked: v.exactOptional(statusSchemas.linked),
    dropped: v.exactOptional(statusSchemas.dropped),
  }),
  v.strictObject({
    kind: v.literal('command'),
    id: name,
    of: v.strictObject(identityEntries),
    owner: v.exactOptional(name),
    command: v.exactOptional(commandSchema),
    answered: v.exactOptional(v.literal(true)),
  }),
  v.strictObject({ kind: v.literal('voters'), id: name, s: statusSchemas.voters }),
]);

/** A part as it is stored and as it stands in a snapshot. */
export const partCodec = json<Part>('a part of the plan', (value) => checked(partSchema, value));
