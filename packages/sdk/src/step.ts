/**
 * What a core's step answers. The order is part of the type: `commit` must be on
 * disk before `thenSend` leaves the process or `thenRun` starts, so that nothing
 * is promised that a crash could take back.
 */
export interface Step<State, Commit, Send, Run = never> {
  readonly state: State;
  readonly commit: readonly Commit[];
  readonly thenSend: readonly Send[];
  readonly thenRun: readonly Run[];
}
