/**
 * Claims many attempts, each at a set moment: `node racer.mjs FOLDER ROUNDS
 * START_MS APART_MS`. Prints which it has won.
 */
import { attemptFiles } from '../../../src/launcher/attempt-files.ts';
import { takeClaim } from '../../../src/launcher/claim.ts';
import { systemDisk } from '../../../src/launcher/disk.ts';

/** What it prints: the rounds that it has won. */
export type Won = readonly number[];

const [folder = '', ...numbers] = process.argv.slice(2);
const [rounds = 0, startMs = 0, apartMs = 0] = numbers.map(Number);
const claim = {
  by: 'launcher',
  pid: process.pid,
  startTime: '1',
  boot: 'a',
  atMs: 0,
} as const;
const won: number[] = [];
for (let round = 1; round <= rounds; round += 1) {
  while (Date.now() < startMs + round * apartMs);
  if (takeClaim(systemDisk, attemptFiles(folder, `R@${round}`), claim) === 'won') won.push(round);
}
process.stdout.write(JSON.stringify(won));
