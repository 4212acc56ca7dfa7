import nodeCrypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import nodeTimers from 'node:timers';
import nodeTimersPromises from 'node:timers/promises';

/** Called with what simulated code reached past the world, and where. */
export type OnReached = (what: string, where: string) => void;

/** Whether code of an event has yielded to the event loop. */
let hasYielded = false;
/** Whose code runs at this moment; undefined outside of events. */
let current: OnReached | undefined;
let isInstalled = false;

/**
 * Tells a world when its simulated code reaches the real clock, real timers or
 * real chance: such a run would not replay. The globals are wrapped once, for
 * good, and behave as ever; only what is called in an event is told.
 */
export function installRealWorldGuard(): void {
  if (isInstalled) return;
  isInstalled = true;
  guardMethod(Date, 'now', 'Date.now()');
  guardMethod(Math, 'random', 'Math.random()');
  guardMethod(performance, 'now', 'performance.now()');
  guardMethod(process, 'hrtime', 'process.hrtime()');
  guardMethod(process.hrtime, 'bigint', 'process.hrtime.bigint()');
  for (const timers of [globalThis, nodeTimers, nodeTimersPromises]) {
    guardMethod(timers, 'setTimeout', 'setTimeout()');
    guardMethod(timers, 'setInterval', 'setInterval()');
    wrapMethod(timers, 'setImmediate', () => {
      hasYielded = true;
    });
  }
  guardMethod(globalThis.crypto, 'randomUUID', 'crypto.randomUUID()');
  guardMethod(globalThis.crypto, 'getRandomValues', 'crypto.getRandomValues()');
  for (const name of ['randomUUID', 'randomBytes', 'randomInt'] as const) {
    guardMethod(nodeCrypto, name, `crypto.${name}()`);
  }
  syncBuiltinESMExports();
  globalThis.Date = guardDate(Date);
}

/**
 * Runs an event. Until its promises have run to their end, code is taken for
 * simulated; what comes later in this turn of the event loop is not.
 */
export function runGuarded(run: () => void, onReached: OnReached): void {
  current = onReached;
  // The queue of ticks is emptied after the queue of promises.
  process.nextTick(leave);
  run();
}

/** Whether an event since the last question called `setImmediate`, which is allowed: it waits for no time. */
export function takeYielded(): boolean {
  const answer = hasYielded;
  hasYielded = false;
  return answer;
}

function leave(): void {
  current = undefined;
}

type AnyFunction = (...args: never[]) => unknown;

function guardMethod(owner: object, name: string, what: string): void {
  wrapMethod(owner, name, (wrapper) => tell(what, wrapper));
}

/** Calls `before` whenever simulated code calls the method. */
function wrapMethod(owner: object, name: string, before: (wrapper: object) => void): void {
  const original = (owner as Record<string, AnyFunction | undefined>)[name];
  if (original === undefined) return;
  const wrapper = function wrapper(this: unknown, ...args: unknown[]): unknown {
    if (current !== undefined) before(wrapper);
    return original.apply(this === undefined ? owner : this, args as never[]);
  };
  // Such as `setTimeout[util.promisify.custom]` and `process.hrtime.bigint`.
  Object.defineProperties(wrapper, Object.getOwnPropertyDescriptors(original));
  const descriptor = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, {
    configurable: true,
    writable: true,
    enumerable: descriptor?.enumerable ?? false,
    value: wrapper,
  });
}

/** `new Date()` and `Date()` read the clock; `new Date(ms)` does not. */
function guardDate(original: DateConstructor): DateConstructor {
  function construct(target: DateConstructor, args: unknown[], newTarget: unknown): object {
    if (args.length === 0 && current !== undefined) tell('new Date()', construct);
    const made = newTarget === guarded ? target : (newTarget as DateConstructor);
    return Reflect.construct(target, args, made);
  }
  function apply(target: DateConstructor, self: unknown, args: unknown[]): string {
    if (current !== undefined) tell('Date()', apply);
    return Reflect.apply(target, self, args);
  }
  const guarded: DateConstructor = new Proxy(original, { construct, apply });
  return guarded;
}

/** Code of Node itself and of a test runner may look at the clock when an event calls it. */
const NOT_SIMULATED = /\(?node:|\/vitest\/|\/@vitest\//;

/** @param guard the wrapper: its caller is who reached out */
function tell(what: string, guard: object): void {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, guard as AnyFunction);
  const [, caller = 'nobody knows where'] = (holder.stack ?? '').split('\n');
  if (!NOT_SIMULATED.test(caller)) current?.(what, caller.trim());
}
