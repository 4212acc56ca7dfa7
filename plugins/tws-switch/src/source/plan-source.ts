import type { Part } from '@ftctl/plan';
import { sourceQuery } from '@ftctl/plan/queries';
import {
  type SinfoniaHead,
  type SinfoniaWorkstation,
  type SnapshotBegun,
  type SourceStatus,
  sourceCheck,
  sourceRelease,
  sourceSinfonia,
  sourceSnapshot,
  sourceStatus,
} from '@ftctl/plan/source';
import { answers, type CapabilityAnswer } from '@ftctl/sdk';
import type { Desk } from '../desk.ts';
import { sourceErrors } from './errors.ts';
import { PlanCheck } from './plan-check.ts';
import { PlanQuestions } from './plan-questions.ts';
import type { Sinfonia } from './sinfonia.ts';

/** What this workstation answers to those who mirror its plan. */
export class PlanSource {
  readonly #desk: Desk;
  readonly #sinfonia: Sinfonia;
  readonly #check: PlanCheck;
  readonly questions: PlanQuestions;

  constructor(desk: Desk, sinfonia: Sinfonia) {
    this.#desk = desk;
    this.#sinfonia = sinfonia;
    this.#check = new PlanCheck(desk);
    this.questions = new PlanQuestions(desk);
  }

  get check(): PlanCheck {
    return this.#check;
  }

  get sinfonia(): Sinfonia {
    return this.#sinfonia;
  }

  stop(): void {
    this.#sinfonia.stop();
    this.#check.stop();
  }

  status(): SourceStatus {
    const { book, self, mirrorbox } = this.#desk;
    const { syncid, whole, epoch, why } = mirrorbox.state;
    return {
      workstation: self,
      master: mirrorbox.isMaster,
      epoch: mirrorbox.epoch,
      run: book.plan.header?.plan.run ?? 0,
      syncid,
      whole: whole && epoch === mirrorbox.epoch,
      ...(whole || why === undefined ? {} : { why }),
    };
  }

  /**
   * @param atLeast a syncid that somebody has seen: the new one is higher
   * @throws FtError FT_SOURCE_NOT_MASTER, FT_SOURCE_NO_PLAN, or of the store
   */
  async snapshot(atLeast: number): Promise<SnapshotBegun> {
    const { book, self, mirrorbox } = this.#desk;
    if (!mirrorbox.isMaster) throw sourceErrors.NOT_MASTER({ workstation: self });
    if (book.plan.header === undefined) throw sourceErrors.NO_PLAN({ workstation: self });
    return await this.#desk.commit((tx) => {
      const syncid = Math.max(mirrorbox.state.syncid, atLeast) + 1;
      const seq = mirrorbox.snapshot(tx, syncid);
      const parts = [...book.plan.parts()].filter(({ kind }) => kind !== 'command');
      this.#sinfonia.begin(this.#head(syncid, parts), parts);
      return { syncid, epoch: mirrorbox.epoch, seq };
    });
  }

  #head(syncid: number, parts: readonly Part[]): SinfoniaHead {
    const { book, tree, roles, mirrorbox, ctx } = this.#desk;
    const { plan, madeAtMs } = book.plan.header ?? { plan: { epoch: 0, run: 0 }, madeAtMs: 0 };
    const { domains, workstations } = tree.topology;
    return {
      sinfonia: 1,
      syncid,
      epoch: mirrorbox.epoch,
      plan,
      madeAtMs,
      takenAtMs: ctx.clock.now(),
      parts: parts.length,
      domains: [...domains.values()].map(({ name, parent }) => ({
        name,
        ...(parent === undefined ? {} : { parent }),
        epoch: roles.epochOf(name),
      })),
      workstations: [...workstations.values()].map(
        ({ autolink: _autolink, ...workstation }): SinfoniaWorkstation => workstation,
      ),
    };
  }
}

/** The operations of `plan.source@1`, over whatever life the workstation has now. */
export function sourceAnswers(now: () => PlanSource): readonly CapabilityAnswer[] {
  return [
    answers(sourceStatus, () => now().status()),
    answers(sourceSnapshot, ({ atLeast }) => now().snapshot(atLeast)),
    answers(sourceSinfonia, ({ syncid }) => now().sinfonia.status(syncid)),
    answers(sourceCheck, ({ check }) => now().check.begin(check)),
    answers(sourceQuery, async (question) => {
      const answer = await now().questions.ask(question);
      return answer === undefined ? {} : { answer };
    }),
    answers(sourceRelease, async ({ syncid }) => {
      await now().sinfonia.release(syncid);
      return {};
    }),
  ];
}
