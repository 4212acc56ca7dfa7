import type { PluginContext, Views } from '@ftctl/sdk';
import { alertTable } from './alert-table.ts';
import type { ObjectServerStatus, ProbeStatus } from './core/status.ts';

const MAX_ALERTS = 1_000;

const text = { type: 'string' };
const count = { type: 'integer' };
const status = {
  type: 'object',
  required: ['role'],
  properties: { role: { enum: ['probe', 'objectserver'] } },
};
const alerts = {
  type: 'object',
  required: ['rows', 'alerts'],
  properties: {
    rows: count,
    alerts: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          Identifier: text,
          Node: text,
          Severity: count,
          Summary: text,
          Tally: count,
          FirstOccurrence: count,
          LastOccurrence: count,
        },
      },
    },
  },
};

/** What a probe shows: itself, and how it stands with its peer. */
export function probeViews(statusOf: () => ProbeStatus | undefined): Views {
  return {
    views: [
      { path: 'status', summary: 'This probe and its peer.', answer: status, read: statusOf },
    ],
    version: () => JSON.stringify(statusOf() ?? ''),
  };
}

/** What an ObjectServer shows: itself, and its alert table. */
export function objectServerViews(
  { store }: PluginContext<unknown>,
  statusOf: () => ObjectServerStatus | undefined,
): Views {
  return {
    views: [
      { path: 'status', summary: 'This ObjectServer.', answer: status, read: statusOf },
      {
        path: 'alerts',
        summary: 'The alert table, newest first.',
        query: {
          severity: { type: 'integer', minimum: 0, maximum: 5 },
          limit: { type: 'integer', minimum: 1, maximum: MAX_ALERTS },
        },
        answer: alerts,
        read: ({ query: { severity = 0, limit = 100 } }) => {
          const now = statusOf();
          if (now === undefined) return undefined;
          const rows = alertTable(store).newest(Number(severity), Number(limit));
          return { rows: now.rows, alerts: rows };
        },
      },
    ],
    version: () => JSON.stringify(statusOf() ?? ''),
  };
}
