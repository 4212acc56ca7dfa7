/** Something that an operator should know, as `--json` prints it. */
export interface Finding {
  readonly severity: 'warning' | 'problem';
  readonly what: string;
  readonly why: string;
  readonly action: string;
}
