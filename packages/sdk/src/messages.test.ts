import { expect, test } from 'vitest';
import { defineMessages } from './messages.ts';

const entry = { text: '{agent} is away', explanation: 'It is.', response: 'None.' } as const;

test('a message has the id of its system or of the field, and the severity that the id ends with', () => {
  const messages = defineMessages({ FTTW001W: entry, AWSBCV135W: entry });
  expect(messages.AWSBCV135W({ agent: 'FTA' })).toEqual({
    id: 'AWSBCV135W',
    severity: 'W',
    text: 'FTA is away',
    params: { agent: 'FTA' },
  });
  expect(messages.catalogue.map(({ id, severity }) => [id, severity])).toEqual([
    ['FTTW001W', 'W'],
    ['AWSBCV135W', 'W'],
  ]);
});

test('one that cannot occur here says why in the catalogue', () => {
  const { catalogue } = defineMessages({ AWSBDY201E: { ...entry, cannotOccur: 'no folder' } });
  expect(catalogue).toMatchObject([{ id: 'AWSBDY201E', cannotOccur: 'no folder' }]);
});

test.each(['ftop001i', 'FTOP001X', 'OP001I', 'FTOP1I'])('%s is no id', (id) => {
  expect(() => defineMessages({ [id]: entry } as never)).toThrow(`message id ${id} is not like`);
});
