/**
 * The least that a server may be: it answers every question with the same bytes.
 * What watchers of it cost is what a thousand clients cost on the machine that is
 * measured. Answers an order with its address.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '../child.ts';

/** About as long as what the page answers to most questions, compressed. */
const BODY = Buffer.alloc(450, 'x');
const KEEP_ALIVE_MS = 65_000;

const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (_request, response) => {
  response.writeHead(200, { 'content-length': BODY.length }).end(BODY);
});

serve(async (): Promise<string> => {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
process.once('disconnect', () => process.exit());
